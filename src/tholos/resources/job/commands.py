"""Looking at jobs, and calling them off. An account has its own jobs alone, the administrator all."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, delete, select, true, update

from tholos.kernel.command import command
from tholos.kernel.errors import InUse, NotExist
from tholos.kernel.job import UNFINISHED, jobs
from tholos.kernel.job import Job as Row
from tholos.kernel.tx import State, Tx
from tholos.resources.job.resource import Job
from tholos.resources.job.types import JobId
from tholos.resources.job.views import JOB, JOBS
from tholos.resources.owned import Owned, owned


@command(
    "job.list",
    legacy="v-list-jobs [FORMAT]",
    rest="GET /jobs",
    role="user",
    view=JOBS,
    resource=Job,
    cached=False,
    own=True,
)
def show_all(state: State) -> Sequence[Row]:
    """List the jobs that are going on or were finished in the last week."""
    return state.listed(select(jobs).where(_visible(state)).order_by(jobs.c.id))


@command(
    "job.show",
    legacy="v-list-job JOB [FORMAT]",
    rest="GET /jobs/{job}",
    role="user",
    view=JOB,
    resource=Job,
    cached=False,
    own=True,
)
def show(state: State, job: JobId) -> Row:
    """Show a job: how far it is, its log, and what became of it."""
    return _require(state, job)


@command("job.cancel", legacy="v-cancel-job JOB", rest="POST /jobs/{job}/cancel", role="user", own=True)
def cancel(tx: Tx, job: JobId) -> None:
    """Call a job off: it stops at its next step and leaves what it worked on as it was before."""
    found = _require(tx, job)
    if found.state not in UNFINISHED:
        raise InUse(f"job {job} is {found.state} already", argument="job")
    tx.execute(update(jobs).where(jobs.c.id == job).values(cancelling=True))


def _visible(state: State) -> ColumnElement[bool]:
    caller = state.context.caller
    return true() if caller.is_root else jobs.c.account == caller.account


def _require(state: State, job: JobId) -> Row:
    found = state.row(select(jobs).where(jobs.c.id == job, _visible(state)))
    if found is None:
        raise NotExist(f"job {job} doesn't exist", argument="job")
    return found


def _delete_all(tx: Tx, user: str) -> None:
    """What goes on for an account that is deleted is called off, and no namesake sees what there was."""
    here = jobs.c.account == user
    tx.execute(delete(jobs).where(here, jobs.c.state.not_in(UNFINISHED)))
    tx.execute(update(jobs).where(here).values(account="", cancelling=True))


# Jobs go on while their account is suspended.
owned(Owned(noun="job", delete=_delete_all))
