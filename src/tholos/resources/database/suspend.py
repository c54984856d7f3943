"""Suspending databases, bringing them back, and applying them again."""

from __future__ import annotations

from collections.abc import Iterable

from tholos.kernel.command import command
from tholos.kernel.job import at_work, refuse_at_work
from tholos.kernel.tx import State, Tx
from tholos.resources.database.delete import delete_database, guests_of, remove_guests
from tholos.resources.database.owner import GIVING
from tholos.resources.database.record import Database, change, of_account, require, subject, want_all
from tholos.resources.database.types import DatabaseName, SoughtDatabase
from tholos.resources.log.model import SYSTEM, note
from tholos.resources.owned import Owned, owned
from tholos.resources.pausing import refuse_suspended, refuse_unsuspended
from tholos.resources.system.model import require_system
from tholos.resources.types import AccountName
from tholos.resources.user.record import require as require_account
from tholos.resources.user.record import require_active as require_active_account


@command(
    "database.suspend",
    legacy="v-suspend-database USER DATABASE",
    rest="POST /users/{user}/databases/{database}/suspend",
    role="user",
)
def suspend(tx: Tx, user: AccountName, database: DatabaseName) -> None:
    """Suspend a database: its login is refused, and whoever is logged in is disconnected."""
    require_system(tx, "DB_SYSTEM")
    require_active_account(tx, user)
    found = require(tx, user, database)
    _refuse_given(tx, [found])
    refuse_suspended(found, "db", database, "database")
    _mark(tx, found, suspended=True)
    note(tx, SYSTEM, "Databases", f"Suspended database (Name: {database}).")


@command(
    "database.unsuspend",
    legacy="v-unsuspend-database USER DATABASE",
    rest="POST /users/{user}/databases/{database}/unsuspend",
    role="user",
)
def unsuspend(tx: Tx, user: AccountName, database: DatabaseName) -> None:
    """Let the login of a suspended database in again."""
    require_system(tx, "DB_SYSTEM")
    require_account(tx, user)
    found = require(tx, user, database)
    # Until it is somebody else's, or its owner's again, nobody may write into it.
    _refuse_given(tx, [found])
    refuse_unsuspended(found, "db", database, "database")
    _mark(tx, found, suspended=False)
    note(tx, SYSTEM, "Databases", f"Unsuspended database (Name: {database}).")


@command(
    "database.suspend_all",
    legacy="v-suspend-databases USER",
    rest="POST /users/{user}/suspend-databases",
    role="user",
)
def suspend_all(tx: Tx, user: AccountName) -> None:
    """Suspend all databases of an account."""
    require_system(tx, "DB_SYSTEM")
    require_account(tx, user)
    # A job that fails opens its database again, unless the account is suspended.
    _refuse_given(tx, of_account(tx, user))
    _mark_all(tx, user, suspended=True)


@command(
    "database.unsuspend_all",
    legacy="v-unsuspend-databases USER",
    rest="POST /users/{user}/unsuspend-databases",
    role="user",
)
def unsuspend_all(tx: Tx, user: AccountName) -> None:
    """Let the logins of all databases of an account in again."""
    require_system(tx, "DB_SYSTEM")
    require_account(tx, user)
    _mark_all(tx, user, suspended=False)


@command(
    "database.rebuild",
    legacy="v-rebuild-database USER DATABASE",
    rest="POST /users/{user}/databases/{database}/rebuild",
    role="user",
)
def rebuild(tx: Tx, user: AccountName, database: SoughtDatabase) -> None:
    """Make a database and its login again where they are missing or differ; what is in it stays."""
    require_system(tx, "DB_SYSTEM")
    require_account(tx, user)
    _want(tx, require(tx, user, database))
    note(tx, SYSTEM, "System", f"Database applied again (User: {user}, Database: {database}).")


@command(
    "database.rebuild_all",
    legacy="v-rebuild-databases USER",
    rest="POST /users/{user}/rebuild-databases",
    role="user",
)
def rebuild_all(tx: Tx, user: AccountName) -> None:
    """Make all databases of an account and their logins again where they are missing or differ."""
    require_system(tx, "DB_SYSTEM")
    require_account(tx, user)
    _rebuild_all(tx, user)
    note(tx, SYSTEM, "System", f"All databases applied again (User: {user}).")


def _refuse_given(state: State, found: Iterable[Database]) -> None:
    """Raise InUse where one of them is being given away; the one that takes its place may be closed and opened."""
    for given in at_work(state, GIVING) & {subject(database) for database in found}:
        refuse_at_work(state, given, GIVING)


def _want(tx: Tx, database: Database) -> None:
    want_all(tx, database)
    for login in guests_of(tx, database):
        tx.want("database_login", database.type, database.host, login)


def _mark(tx: Tx, database: Database, *, suspended: bool) -> None:
    change(tx, database, suspended=suspended)
    if suspended:
        # A login for a while ends here: one that was kept could come back after its time.
        remove_guests(tx, database)


def _mark_all(tx: Tx, user: str, *, suspended: bool) -> None:
    # What is being given away is closed, and stays so until its job opens it.
    given = at_work(tx, GIVING)
    for database in of_account(tx, user):
        if database.suspended != suspended and subject(database) not in given:
            _mark(tx, database, suspended=suspended)


def _rebuild_all(tx: Tx, user: str) -> None:
    for database in of_account(tx, user):
        _want(tx, database)


def _delete_all(tx: Tx, user: str) -> None:
    for database in of_account(tx, user):
        delete_database(tx, database)


DATABASES = owned(Owned(noun="database", delete=_delete_all, mark_all=_mark_all, rebuild=_rebuild_all))
