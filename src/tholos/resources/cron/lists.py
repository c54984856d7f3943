"""Listing cron jobs."""

from __future__ import annotations

from collections.abc import Sequence

from tholos.kernel.command import command
from tholos.kernel.tx import State
from tholos.resources.cron.record import Job, of_account, require
from tholos.resources.cron.resource import CronJob
from tholos.resources.cron.types import JobNumber
from tholos.resources.cron.views import JOB, JOBS
from tholos.resources.types import AccountName
from tholos.resources.user.record import require as require_account


@command(
    "cron.job.show",
    legacy="v-list-cron-job USER JOB [FORMAT]",
    rest="GET /users/{user}/cron-jobs/{job}",
    role="user",
    view=JOB,
    resource=CronJob,
)
def show(state: State, user: AccountName, job: JobNumber) -> Job:
    """Show a cron job."""
    require_account(state, user)
    return require(state, user, job)


@command(
    "cron.job.list",
    legacy="v-list-cron-jobs USER [FORMAT]",
    rest="GET /users/{user}/cron-jobs",
    role="user",
    view=JOBS,
    resource=CronJob,
)
def show_all(state: State, user: AccountName) -> Sequence[Job]:
    """List the cron jobs of an account."""
    require_account(state, user)
    return of_account(state, user)
