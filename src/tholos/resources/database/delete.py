"""Deleting databases."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import delete, select

from tholos.kernel.command import command
from tholos.kernel.due import forget_call
from tholos.kernel.job import call_off
from tholos.kernel.tx import State, Tx
from tholos.resources.database.add import count_database
from tholos.resources.database.model import database_guests, databases
from tholos.resources.database.record import Database, of_account, require, subject
from tholos.resources.database.types import DatabaseName
from tholos.resources.log.model import note
from tholos.resources.system.model import require_system
from tholos.resources.types import AccountName
from tholos.resources.user.record import require as require_account


@command(
    "database.delete",
    legacy="v-delete-database USER DATABASE",
    rest="DELETE /users/{user}/databases/{database}",
    role="user",
)
def remove(tx: Tx, user: AccountName, database: DatabaseName) -> None:
    """Delete a database with everything in it, and its login."""
    require_system(tx, "DB_SYSTEM")
    require_account(tx, user)
    delete_database(tx, require(tx, user, database))
    note(tx, user, "Databases", f"Deleted database (Name: {database}).")


@command("database.delete_all", legacy="v-delete-databases USER", rest="DELETE /users/{user}/databases", role="user")
def remove_all(tx: Tx, user: AccountName) -> None:
    """Delete all databases of an account."""
    require_system(tx, "DB_SYSTEM")
    require_account(tx, user)
    for database in of_account(tx, user):
        delete_database(tx, database)
        note(tx, user, "Databases", f"Deleted database (Name: {database.name}).")


def delete_database(tx: Tx, database: Database) -> None:
    """Take a database away; a job that works on it is called off."""
    call_off(tx, subject(database))
    remove_database(tx, database)


def remove_database(tx: Tx, database: Database) -> None:
    """Take a database out of the state; on its server it is closed now and dropped after the commit."""
    remove_guests(tx, database)
    tx.execute(delete(databases).where(databases.c.id == database.id))
    count_database(tx, database.host_id, -1)
    tx.drop("database_login", database.type, database.host, database.login)
    tx.drop("database", database.type, database.host, database.name)


def guests_of(state: State, database: Database) -> Sequence[str]:
    """The logins for a while of a database."""
    guests = select(database_guests.c.login).where(database_guests.c.database_id == database.id)
    return [guest.login for guest in state.rows(guests)]


def remove_guests(tx: Tx, database: Database) -> None:
    """Take all logins for a while of a database away."""
    for login in guests_of(tx, database):
        remove_guest(tx, database, login)


def remove_guest(tx: Tx, database: Database, login: str) -> None:
    """Take a login for a while out of the state, and off its server."""
    tx.execute(delete(database_guests).where(database_guests.c.login == login))
    forget_call(tx, *expiry(database, login))
    tx.drop("database_login", database.type, database.host, login)


def expiry(database: Database, login: str) -> tuple[str, ...]:
    """The call that takes a login for a while away."""
    return ("v-delete-database-temp-user", database.account, database.name, login, database.type, database.host)
