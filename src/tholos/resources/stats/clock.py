"""Months and days of the node's clock, and which of them the state has come to."""

from __future__ import annotations

import time
from functools import lru_cache
from typing import NamedTuple

from sqlalchemy import and_, delete, exists, select, update

from tholos.kernel.tx import State, Tx
from tholos.resources.stats.model import site_tenures, traffic, usage_clock
from tholos.resources.stats.months import record_node

KEPT = 13
"""Months for which the traffic of single sites is kept; what was recorded of a month is kept for good."""
_QUARTER = 900


class Due(NamedTuple):
    """Whether the day's figures are to be recorded, and whether a month is to be begun."""

    day: bool
    month: bool


def month_of(when: bytes) -> str:
    """The month of a time that is written as the first digits, at least eight, of its milliseconds since 1970."""
    return _month(int(when[:8]) * 100 // _QUARTER)


@lru_cache(maxsize=1024)
def _month(quarter: int) -> str:
    """The month of a quarter of an hour, within which no time zone begins one."""
    return time.strftime("%Y-%m", time.localtime(quarter * _QUARTER))


def shown(state: State) -> str:
    """The month whose traffic is shown."""
    return str(state.value(select(usage_clock.c.month)))


def due(state: State) -> Due:
    """What the clock says that the state has not come to; a clock that was set back begins no month."""
    row = state.row(select(usage_clock))
    now = state.context.now
    return Due(row is None or row.recorded != f"{now:%Y-%m-%d}", row is None or row.month < f"{now:%Y-%m}")


def begin_month(tx: Tx) -> None:
    """Show the traffic of the month that the clock has come to, and forget what is too old."""
    now = tx.context.now
    tx.execute(update(usage_clock).values(month=f"{now:%Y-%m}"))
    oldest = now.year * 12 + now.month - 1 - KEPT
    month = f"{oldest // 12:04}-{oldest % 12 + 1:02}"
    tx.execute(delete(traffic).where(traffic.c.month < month))
    sent = exists().where(traffic.c.tenure_id == site_tenures.c.id)
    ended = and_(site_tenures.c.site_id.is_(None), site_tenures.c.since < (now.timestamp() - 90 * 86400) * 1000)
    tx.execute(delete(site_tenures).where(ended, ~sent))


def note_day(tx: Tx) -> None:
    """Record the sums of the node, and that every account's figures are recorded today."""
    record_node(tx, shown(tx))
    tx.execute(update(usage_clock).values(recorded=f"{tx.context.now:%Y-%m-%d}"))
