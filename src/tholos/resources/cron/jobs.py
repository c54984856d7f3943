"""Adding, changing and deleting cron jobs."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import delete, func, insert, select

from tholos.kernel.command import command
from tholos.kernel.errors import Exists, LimitReached
from tholos.kernel.late import Late
from tholos.kernel.tx import State, Tx
from tholos.resources.cron.model import cron_jobs
from tholos.resources.cron.record import change, count, find, require, require_active
from tholos.resources.cron.types import CronCommand, Day, Hour, JobNumber, Minute, Month, Weekday
from tholos.resources.cron.want import SCOPE
from tholos.resources.limits import require_room
from tholos.resources.log.model import note
from tholos.resources.system.model import require_system
from tholos.resources.types import AccountName
from tholos.resources.user.record import require as require_account
from tholos.resources.user.record import require_active as require_active_account

CATEGORY = "Cron Jobs"
MOST_JOBS = 9_990
"""Cron jobs of an account, whatever its package: cron(8) ignores a crontab of more than 10,000 lines as a whole."""


class Made(NamedTuple):
    """The number of a job that was made."""

    job: int


@command(
    "cron.job.add",
    legacy="v-add-cron-job USER MIN HOUR DAY MONTH WDAY CRON_COMMAND [JOB] [RESTART]",
    rest="POST /users/{user}/cron-jobs",
    role="user",
)
def add(
    tx: Tx,
    user: AccountName,
    min: Minute,
    hour: Hour,
    day: Day,
    month: Month,
    wday: Weekday,
    cron_command: CronCommand,
    job: Late[JobNumber] | None = None,
) -> Made:
    """Have a command run for an account by a schedule, as the account itself."""
    require_system(tx, "CRON_SYSTEM")
    account = require_active_account(tx, user)
    wanted = job.take() if job else None
    if wanted is not None and find(tx, user, wanted) is not None:
        raise Exists(f"cron job {wanted} exists", argument="job")
    used = count(tx, user)
    require_room("CRON_JOBS", account.cron_jobs, used)
    if used >= MOST_JOBS:
        raise LimitReached(f"an account has {MOST_JOBS} cron jobs at most: cron would run none of more")
    number = _next(tx, user) if wanted is None else int(wanted)
    values = {"min": min, "hour": hour, "day": day, "month": month, "wday": wday, "cron_command": cron_command}
    tx.execute(insert(cron_jobs).values(account=user, job=number, created=tx.context.now, **values))
    tx.want(SCOPE, user)
    # What is run may hold a password, so the history does not repeat it.
    note(tx, user, CATEGORY, f"Cron job added (ID: {number}).")
    return Made(number)


def _next(state: State, account: str) -> int:
    """The number after the highest."""
    highest = select(func.coalesce(func.max(cron_jobs.c.job), 0)).where(cron_jobs.c.account == account)
    number = int(state.value(highest)) + 1
    if number > JobNumber.highest:
        raise LimitReached("no number is left for a cron job", argument="job")
    return number


@command(
    "cron.job.change",
    legacy="v-change-cron-job USER JOB MIN HOUR DAY MONTH WDAY [CRON_COMMAND]",
    usage="USER JOB MIN HOUR DAY MONTH WDAY CRON_COMMAND",
    rest="PUT /users/{user}/cron-jobs/{job}",
    role="user",
)
def alter(
    tx: Tx,
    user: AccountName,
    job: JobNumber,
    min: Minute,
    hour: Hour,
    day: Day,
    month: Month,
    wday: Weekday,
    cron_command: CronCommand | None = None,
) -> None:
    """Change the schedule of a cron job, and its command when one is given."""
    require_system(tx, "CRON_SYSTEM")
    require_active_account(tx, user)
    require_active(tx, user, job)
    schedule = {"min": min, "hour": hour, "day": day, "month": month, "wday": wday}
    told = {} if cron_command is None else {"cron_command": cron_command}
    change(tx, user, job, created=tx.context.now, **schedule, **told)
    note(tx, user, CATEGORY, f"Cron job changed (ID: {job}).")


@command(
    "cron.job.delete",
    legacy="v-delete-cron-job USER JOB [RESTART]",
    rest="DELETE /users/{user}/cron-jobs/{job}",
    role="user",
)
def remove(tx: Tx, user: AccountName, job: JobNumber) -> None:
    """Delete a cron job; what of it is running just now is left to end."""
    require_system(tx, "CRON_SYSTEM")
    require_account(tx, user)
    require(tx, user, job)
    tx.execute(delete(cron_jobs).where(cron_jobs.c.account == user, cron_jobs.c.job == int(job)))
    tx.want(SCOPE, user)
    note(tx, user, CATEGORY, f"Cron job deleted (ID: {job}).")
