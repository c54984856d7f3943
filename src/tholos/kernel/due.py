"""Calls that are to be made at a time to come: they are rows, so that they outlast the engine."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import Column, Integer, String, Table, delete, insert, select, update

from tholos.kernel.tables import metadata
from tholos.kernel.tx import State, Tx

due_calls = Table(
    "due_calls",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", Integer, nullable=False, index=True),
    Column("command", String, nullable=False),
    Column("arguments", String, nullable=False),
    Column("latest", Integer),
)
"""Calls by the second since 1970 (UTC) in which they are due; the engine makes them as root.

``latest`` is the second after which a call is not put off, if there is one.
"""


def call_later(tx: Tx, seconds: int, command: str, *arguments: str, at_most: int | None = None) -> None:
    """Have a command called after some seconds, or later if that is put off; no argument may be a secret.

    ``at_most`` are the seconds from now after which it is called however often that was put off.
    """
    now = int(time.time())
    values = {"at": now + seconds, "command": command, "arguments": json.dumps(arguments)}
    tx.execute(insert(due_calls).values(values | {"latest": None if at_most is None else now + at_most}))


def forget_call(tx: Tx, command: str, *arguments: str) -> None:
    """Have a call that ``call_later`` asked for not be made."""
    here = (due_calls.c.command == command) & (due_calls.c.arguments == json.dumps(arguments))
    tx.execute(delete(due_calls).where(here))


def put_off_call(tx: Tx, seconds: int, command: str, *arguments: str) -> None:
    """Have a call that waits be made so many seconds from now, or at its latest; nothing happens where none waits.

    It is written down once a minute at most: whoever puts a call off does it often.
    """
    here = (due_calls.c.command == command) & (due_calls.c.arguments == json.dumps(arguments))
    waiting = tx.row(select(due_calls.c.at, due_calls.c.latest).where(here))
    if waiting is None:
        return
    at = int(time.time()) + seconds
    if waiting.latest is not None:
        at = min(at, waiting.latest)
    if waiting.at < at - 60:
        tx.execute(update(due_calls).where(here).values(at=at))


class DueCall(NamedTuple):
    """A call that waits: when it is due (seconds since 1970), and what is called."""

    id: int
    at: int
    command: str
    arguments: tuple[str, ...]


def waiting_calls(state: State) -> Sequence[DueCall]:
    """All calls that wait, the first due first."""
    rows = state.rows(select(due_calls).order_by(due_calls.c.at, due_calls.c.id))
    return [DueCall(row.id, row.at, row.command, tuple(json.loads(row.arguments))) for row in rows]


def end_call(tx: Tx, call: DueCall) -> bool:
    """Take a call that is made now off the list; tell whether it was still there.

    SQLite gives the number of a row that was deleted to the next one, which is due at another time.
    """
    return tx.execute(delete(due_calls).where(due_calls.c.id == call.id, due_calls.c.at == call.at)) > 0
