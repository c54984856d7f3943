"""What a machine should have for the jobs of an account: its crontab."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec
from sqlalchemy import select

from tholos.kernel.touched import Key
from tholos.kernel.tx import State, Tx
from tholos.kernel.want import scope
from tholos.resources.cron.model import cron_jobs
from tholos.resources.user.model import accounts, uid_of

SCOPE = "cron"


class JobWant(msgspec.Struct, frozen=True):
    """A line of a crontab: the five fields of the schedule, and what a shell is to run."""

    schedule: tuple[str, str, str, str, str]
    command: str


class CrontabWant(msgspec.Struct, frozen=True):
    """The crontab of an account; ``mail_to`` is empty where nobody wants to read what jobs print."""

    account: str
    uid: int
    mail_to: str
    jobs: tuple[JobWant, ...]


def _keys(state: State) -> Iterable[Key]:
    return [(row.account,) for row in state.rows(select(cron_jobs.c.account).distinct())]


@scope(SCOPE, keys=_keys)
def crontab_want(state: State, key: Key) -> CrontabWant | None:
    """The crontab of an account that has jobs; it is empty of them while the account is suspended."""
    account = state.row(select(accounts).where(accounts.c.name == key[0]))
    jobs = state.rows(select(cron_jobs).where(cron_jobs.c.account == key[0]).order_by(cron_jobs.c.job))
    if account is None or not jobs:
        return None
    return CrontabWant(
        account=account.name,
        uid=uid_of(account.id),
        mail_to=account.contact if account.cron_reports else "",
        jobs=tuple(
            JobWant((job.min, job.hour, job.day, job.month, job.wday), job.cron_command)
            for job in jobs
            if not job.suspended and not account.suspended
        ),
    )


def follow(tx: Tx, account: str) -> None:
    """Have the crontab follow its account; without jobs of ours there is none, and what is there is not ours."""
    if tx.value(select(cron_jobs.c.job).where(cron_jobs.c.account == account).limit(1)) is not None:
        tx.want(SCOPE, account)
