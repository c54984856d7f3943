"""How much databases take: measured at their servers outside of the writer, and kept with the state."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sqlalchemy import update

from tholos.kernel.command import command
from tholos.kernel.tx import State, Tx
from tholos.resources.database.model import databases
from tholos.resources.database.record import Database, find, of_account, require
from tholos.resources.database.types import DatabaseName
from tholos.resources.system.model import require_system
from tholos.resources.types import AccountName
from tholos.resources.user.record import require as require_account

Sizes = Mapping[int, int]
"""Bytes by the id of a database."""


def measure_databases(state: State, user: str) -> Sizes:
    """Ask the servers how much each database of an account takes; raise NoConnection or DatabaseFailed.

    This may take as long as the servers like, so it is done on a snapshot; ``keep_sizes`` writes the figures down.
    """
    return _measured(state, of_account(state, user))


def keep_sizes(tx: Tx, sizes: Sizes) -> None:
    """Write down what was measured; a database that is gone meanwhile is left out, and nothing is planned anew."""
    for number, size in sizes.items():
        other = (databases.c.id == number) & (databases.c.disk_bytes != size)
        tx.execute(update(databases).where(other).values(disk_bytes=size))


def _measured(state: State, which: Iterable[Database]) -> Sizes:
    read = state.context.machine.read
    return {row.id: read("database size", f"{row.type}/{row.host}", row.name) for row in which}


def _measure_one(state: State, user: AccountName, database: DatabaseName) -> Sizes:
    found = find(state, user, database)
    return {} if found is None else _measured(state, [found])


@command(
    "database.disk.update",
    legacy="v-update-database-disk USER DATABASE",
    rest="POST /users/{user}/databases/{database}/measure",
    role="user",
    before=_measure_one,
)
def update_one(tx: Tx, user: AccountName, database: DatabaseName) -> None:
    """Measure anew how much a database takes."""
    require_system(tx, "DB_SYSTEM")
    require_account(tx, user)
    require(tx, user, database)
    keep_sizes(tx, tx.gathered() or {})


@command(
    "database.disk.update_all",
    legacy="v-update-databases-disk USER",
    rest="POST /users/{user}/measure-databases",
    role="user",
    before=measure_databases,
)
def update_all(tx: Tx, user: AccountName) -> None:
    """Measure anew how much each database of an account takes."""
    require_system(tx, "DB_SYSTEM")
    require_account(tx, user)
    keep_sizes(tx, tx.gathered() or {})
