"""Databases that are half given away: their job has ended, and could not take back what it had begun.

The old one is closed, and the new account has one that nobody has the password of.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
from sqlalchemy import Select, select

from tholos.kernel.job import CANCELLED, FAILED, Job, is_at_work, jobs
from tholos.kernel.tx import State, Tx
from tholos.resources.database.owner import GIVING, GiveAway, take_back
from tholos.resources.database.record import find_for_job


def half_given(state: State) -> Sequence[str]:
    """The jobs that have left one."""
    return [row.id for row in state.rows(_ended()) if _left(state, row) is not None]


def take_back_half(tx: Tx, job: str) -> None:
    """Have all as it was before one of those, unless another job works on it by now."""
    for row in tx.rows(_ended().where(jobs.c.id == job)):
        asked = _left(tx, row)
        if asked is not None:
            take_back(tx, asked, job)


def _ended() -> Select[Any]:
    """Jobs that have handed nothing over."""
    ended = jobs.c.state.in_((FAILED, CANCELLED))
    return select(jobs).where(ended, jobs.c.kind == GIVING, jobs.c.result.is_(None))


def _left(state: State, row: Job) -> GiveAway | None:
    """What such a job was to do; None when its new database is gone, or another job works on one of both."""
    asked = msgspec.json.decode(row.arguments, type=GiveAway)
    if find_for_job(state, asked.new, row.id) is None or is_at_work(state, row.subject) or is_at_work(state, row.also):
        return None
    return asked
