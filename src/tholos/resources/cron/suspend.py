"""Suspending cron jobs, bringing them back, and writing crontabs again."""

from __future__ import annotations

from sqlalchemy import delete, update

from tholos.kernel.command import command
from tholos.kernel.tx import Tx
from tholos.resources.cron.jobs import CATEGORY
from tholos.resources.cron.model import cron_jobs
from tholos.resources.cron.record import change, count, require, require_active
from tholos.resources.cron.types import JobNumber
from tholos.resources.cron.want import SCOPE, follow
from tholos.resources.log.model import SYSTEM, note
from tholos.resources.owned import Owned, owned
from tholos.resources.pausing import refuse_unsuspended
from tholos.resources.system.model import require_system
from tholos.resources.types import AccountName
from tholos.resources.user.record import require as require_account


@command(
    "cron.job.suspend",
    legacy="v-suspend-cron-job USER JOB [RESTART]",
    rest="POST /users/{user}/cron-jobs/{job}/suspend",
    role="user",
)
def suspend(tx: Tx, user: AccountName, job: JobNumber) -> None:
    """Suspend a cron job: it is not run."""
    require_account(tx, user)
    require_active(tx, user, job)
    change(tx, user, job, suspended=True)
    note(tx, SYSTEM, CATEGORY, f"Suspended cron job (ID: {job}, User: {user}).")


@command(
    "cron.job.unsuspend",
    legacy="v-unsuspend-cron-job USER JOB [RESTART]",
    rest="POST /users/{user}/cron-jobs/{job}/unsuspend",
    role="user",
)
def unsuspend(tx: Tx, user: AccountName, job: JobNumber) -> None:
    """Run a suspended cron job again, unless its account is suspended."""
    require_account(tx, user)
    refuse_unsuspended(require(tx, user, job), "cron", job, "job")
    change(tx, user, job, suspended=False)
    note(tx, SYSTEM, CATEGORY, f"Unsuspended cron job (ID: {job}, User: {user}).")


@command(
    "cron.job.suspend_all",
    legacy="v-suspend-cron-jobs USER [RESTART]",
    rest="POST /users/{user}/suspend-cron-jobs",
    role="user",
)
def suspend_all(tx: Tx, user: AccountName) -> None:
    """Suspend all cron jobs of an account."""
    require_account(tx, user)
    _mark_all(tx, user, suspended=True)


@command(
    "cron.job.unsuspend_all",
    legacy="v-unsuspend-cron-jobs USER [RESTART]",
    rest="POST /users/{user}/unsuspend-cron-jobs",
    role="user",
)
def unsuspend_all(tx: Tx, user: AccountName) -> None:
    """Run all cron jobs of an account again."""
    require_account(tx, user)
    _mark_all(tx, user, suspended=False)


@command(
    "cron.job.rebuild_all",
    legacy="v-rebuild-cron-jobs USER [RESTART]",
    rest="POST /users/{user}/rebuild-cron-jobs",
    role="user",
)
def rebuild_all(tx: Tx, user: AccountName) -> None:
    """Write the crontab of an account again, whatever is in it."""
    require_system(tx, "CRON_SYSTEM")
    require_account(tx, user)
    tx.rebuild(SCOPE, user)
    note(tx, SYSTEM, "System", f"Crontab written again (User: {user}).")


def _mark_all(tx: Tx, user: str, *, suspended: bool) -> None:
    other = (cron_jobs.c.account == user) & (cron_jobs.c.suspended != suspended)
    tx.execute(update(cron_jobs).where(other).values(suspended=suspended))
    follow(tx, user)


def _delete_all(tx: Tx, user: str) -> None:
    """The crontab itself goes with the account."""
    tx.execute(delete(cron_jobs).where(cron_jobs.c.account == user))


def _rebuild_all(tx: Tx, user: str) -> None:
    if count(tx, user):
        tx.rebuild(SCOPE, user)


CRON = owned(Owned(noun="cron", delete=_delete_all, mark_all=_mark_all, rebuild=_rebuild_all))
