"""Writing down what was counted, together with how far."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import timedelta
from typing import Any, Protocol

from sqlalchemy import Row, delete, func, select, update
from sqlalchemy.dialects.sqlite import insert

from tholos.kernel.tx import State, Tx
from tholos.resources.stats import clock
from tholos.resources.stats.model import NODE, site_tenures, traffic, traffic_logs, usage_months
from tholos.resources.stats.sizes import MB
from tholos.resources.stats.tenures import Key
from tholos.resources.web.model import web_domains

FORGOTTEN = timedelta(days=90)
"""How long the place in a log is known after the log was last there."""


class Piece(Protocol):
    """A part of a log, from byte ``start`` to ``end``, and what was sent by it."""

    @property
    def log(self) -> str:
        """The log."""
        ...

    @property
    def start(self) -> int:
        """Where the part begins."""
        ...

    @property
    def end(self) -> int:
        """Where it ends."""
        ...

    @property
    def sums(self) -> Mapping[Key, int]:
        """Bytes by name and time."""
        ...


def counted(state: State) -> dict[str, int]:
    """How many bytes of each log are counted."""
    return {row.log: row.counted for row in state.rows(select(traffic_logs))}


def add(tx: Tx, piece: Piece, owners: Mapping[Key, int]) -> bool:
    """Add what a piece says to the tenures, and note that it is counted; False, and nothing, where it does not follow.

    A piece follows when it begins where its log is counted to. One that does not was read before somebody else counted.
    """
    place = select(traffic_logs.c.counted).where(traffic_logs.c.log == piece.log)
    if (tx.value(place) or 0) != piece.start:
        return False
    row = {"log": piece.log, "counted": piece.end, "seen": tx.context.now}
    tx.execute(insert(traffic_logs).values(row).on_conflict_do_update(index_elements=["log"], set_=row))
    sums: dict[tuple[int, str], int] = defaultdict(int)
    for key, tenure in owners.items():
        sums[tenure, clock.month_of(key[1])] += piece.sums[key]
    _add(tx, sums)
    return True


def _add(tx: Tx, sums: Mapping[tuple[int, str], int]) -> None:
    rows = [{"tenure_id": tenure, "month": month, "sent": sent} for (tenure, month), sent in sums.items()]
    if rows:
        put = insert(traffic)
        more = {"sent": traffic.c.sent + put.excluded.sent}
        tx.execute(put.on_conflict_do_update(index_elements=["tenure_id", "month"], set_=more), rows)
    for month in {month for _, month in sums} - {clock.shown(tx)}:
        _correct(tx, month)


def _correct(tx: Tx, month: str) -> None:
    """What was sent in a month that is over belongs to what was recorded of it."""
    total = func.coalesce(func.sum(traffic.c.sent), 0) // MB
    of_account = select(total).select_from(traffic.join(site_tenures)).where(traffic.c.month == month)
    here = of_account.where(site_tenures.c.account == usage_months.c.account).scalar_subquery()
    this, node = usage_months.c.month == month, usage_months.c.account == NODE
    together = select(func.coalesce(func.sum(usage_months.c.u_bandwidth), 0)).where(this, ~node)
    before = tx.value(together)
    tx.execute(update(usage_months).where(this, ~node).values(u_bandwidth=here))
    more = usage_months.c.u_bandwidth + tx.value(together) - before
    tx.execute(update(usage_months).where(this, node).values(u_bandwidth=more))


def forget_logs(tx: Tx, there: Collection[str]) -> None:
    """Note which logs are there, and forget those that have not been for long."""
    tx.execute(update(traffic_logs).where(traffic_logs.c.log.in_(there)).values(seen=tx.context.now))
    tx.execute(delete(traffic_logs).where(traffic_logs.c.seen < tx.context.now - FORGOTTEN))


def served_site(state: State) -> Row[Any] | None:
    """Any site that is served, or None: without one nginx writes no log."""
    return state.row(select(web_domains.c.account, web_domains.c.domain).where(~web_domains.c.suspended).limit(1))


def want_log(tx: Tx) -> None:
    """Have the log made again, as it comes with any site that is served."""
    site = served_site(tx)
    if site is not None:
        tx.want("site", site.account, site.domain)
