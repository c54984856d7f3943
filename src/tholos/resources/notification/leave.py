"""Leaving a notice for an account."""

from __future__ import annotations

from sqlalchemy import delete, func, insert, select

from tholos.kernel.tx import Tx
from tholos.resources.notification.model import notifications

KEPT = 300
"""Notices of one account that are kept at most; beyond, the oldest go."""


def leave(tx: Tx, account: str, topic: str, notice: str, *, type: str = "", priority: int = 0) -> None:
    """Leave a notice for an account that there is."""
    mine = notifications.c.account == account
    number = tx.value(select(func.coalesce(func.max(notifications.c.number), 0)).where(mine)) + 1
    values = {"account": account, "number": number, "topic": topic, "notice": notice, "type": type}
    tx.execute(insert(notifications).values(priority=priority, created=tx.context.now, **values))
    if number > KEPT:
        tx.execute(delete(notifications).where(mine, notifications.c.number <= number - KEPT))
