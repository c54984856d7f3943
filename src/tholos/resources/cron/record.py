"""Reading cron jobs, and the checks that commands on them begin with."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, func, select, update

from tholos.kernel.errors import NotExist
from tholos.kernel.tx import State, Tx
from tholos.resources.cron.model import cron_jobs
from tholos.resources.cron.want import SCOPE
from tholos.resources.pausing import refuse_suspended

Job = Row[Any]


def find(state: State, account: str, job: int) -> Job | None:
    """An account's job, or None."""
    return state.row(select(cron_jobs).where(_here(account, job)))


def require(state: State, account: str, job: int) -> Job:
    """An account's job, or NotExist."""
    found = find(state, account, job)
    if found is None:
        raise NotExist(f"cron job {job} doesn't exist", argument="job")
    return found


def require_active(state: State, account: str, job: int) -> Job:
    """An account's job, NotExist, or Suspended."""
    found = require(state, account, job)
    refuse_suspended(found, "cron", job, "job")
    return found


def of_account(state: State, account: str) -> Sequence[Job]:
    """All jobs of an account by their numbers."""
    return state.listed(select(cron_jobs).where(cron_jobs.c.account == account).order_by(cron_jobs.c.job))


def count(state: State, account: str) -> int:
    """How many jobs an account has."""
    return int(state.value(select(func.count()).where(cron_jobs.c.account == account)))


def change(tx: Tx, account: str, job: int, **values: object) -> None:
    """Change columns of a job, and have the crontab planned again."""
    tx.execute(update(cron_jobs).where(_here(account, job)).values(values))
    tx.want(SCOPE, account)


def _here(account: str, job: int) -> Any:
    return (cron_jobs.c.account == account) & (cron_jobs.c.job == job)
