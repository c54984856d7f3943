"""Tables of the history and the logins of accounts, and how an entry is written."""

from __future__ import annotations

from typing import Literal

from sqlalchemy import Column, DateTime, Index, Integer, String, Table, bindparam, delete, func, insert, select

from tholos.kernel.tables import metadata
from tholos.kernel.tx import Tx

history = Table(
    "history",
    metadata,
    Column("account", String, primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("at", DateTime, nullable=False),
    Column("level", String, nullable=False),
    Column("category", String, nullable=False),
    Column("message", String, nullable=False),
)
"""What happened to an account, numbered from 1 for each; ``system`` stands for the node."""

logins = Table(
    "logins",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("account", String, nullable=False),
    Column("at", DateTime, nullable=False),
    Column("ip", String, nullable=False),
    Column("action", String, nullable=False),
    Column("status", String, nullable=False),
    Column("user_agent", String, nullable=False, server_default=""),
    Column("session", String, nullable=False, server_default=""),
    Column("active", String, nullable=False, server_default=""),
    Index("ix_logins_account_id", "account", "id"),
)
"""Logins and logouts of an account."""

Level = Literal["Info", "Warning", "Error"]
SYSTEM = "system"
"""The name under which the node's own history stands."""
KEPT = 300
"""Entries of one history that are kept at most; beyond, the oldest go (``state.json``: history, rotation)."""
_ROOM = 50
# Nearly every change adds an entry, so these statements are made once.
_LAST = select(func.coalesce(func.max(history.c.number), 0)).where(history.c.account == bindparam("account"))
_ADD = insert(history)


def note(tx: Tx, account: str, category: str, message: str, level: Level = "Info") -> None:
    """Add an entry to an account's history; ``system`` is the node's. Apostrophes become accents, as clients expect."""
    number = tx.value(_LAST, {"account": account}) + 1
    values = {"account": account, "number": number, "level": level, "category": category}
    tx.execute(_ADD, {**values, "at": tx.context.now, "message": message.replace("'", "\N{ACUTE ACCENT}")})
    if number > KEPT and number % _ROOM == 0:
        # Some at a time, so that most entries cost nothing more.
        old = history.c.number <= number - KEPT + _ROOM
        tx.execute(delete(history).where(history.c.account == account, old))
