"""The history of an account, or of the node: listing, writing, clearing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from sqlalchemy import Row, delete, select

from tholos.kernel.command import command
from tholos.kernel.tx import State, Tx
from tholos.kernel.view import Csv, Field, Table, View, moments, words
from tholos.resources.log.model import KEPT, SYSTEM, Level, history, note
from tholos.resources.log.resource import LogEntry
from tholos.resources.log.types import Category, EntryLevel, HistoryName, Message
from tholos.resources.user.record import require

_FIELDS: dict[str, Field] = {
    "ID": "number",
    **moments("at"),
}
_COLUMNS = words("ID DATE TIME LEVEL CATEGORY MESSAGE")
HISTORY = View(
    key="ID",
    fields=_FIELDS,
    json=_COLUMNS[1:],
    plain=_COLUMNS,
    # The reference's header names four of the six columns, and its quotes do not close.
    csv=Csv(_COLUMNS, ",".join(_COLUMNS), frozenset(_COLUMNS[1:])),
    shell=Table(tuple((word, word) for word in _COLUMNS)),
)


@command(
    "user.log.list",
    legacy="v-list-user-log USER [FORMAT]",
    rest="GET /users/{user}/log",
    role="user",
    view=HISTORY,
    resource=LogEntry,
    # Calls of the API are noted without a new generation of the state, so that reading them costs nobody his answers.
    cached=False,
)
def show(state: State, user: HistoryName) -> Sequence[Row[Any]]:
    """List the last 300 things that happened to an account; `system` stands for the node."""
    _require(state, user)
    newest = select(history).where(history.c.account == user).order_by(history.c.number.desc()).limit(KEPT)
    return state.rows(newest)[::-1]


@command("user.log.delete", legacy="v-delete-user-log USER", rest="DELETE /users/{user}/log", role="user")
def clear(tx: Tx, user: HistoryName) -> None:
    """Clear the history of an account; that it was cleared is noted."""
    _require(tx, user)
    tx.execute(delete(history).where(history.c.account == user))
    note(tx, SYSTEM, "Security", f"History cleared (Name: {user}).", "Warning")
    if user != SYSTEM:
        note(tx, user, "Security", "History cleared.")


@command(
    "log.add",
    in_demo=True,
    legacy="v-log-action USER LEVEL CATEGORY DETAILS",
    usage="USER TYPE CATEGORY DETAILS",
    rest="POST /users/{user}/log",
)
def add(tx: Tx, user: HistoryName, level: EntryLevel, category: Category, details: Message) -> None:
    """Add an entry to the history of an account; `system` stands for the node."""
    _require(tx, user)
    note(tx, user, category, details, cast(Level, str(level)))


def _require(state: State, user: HistoryName) -> None:
    if user != SYSTEM:
        require(state, user)
