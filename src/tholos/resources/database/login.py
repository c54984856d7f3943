"""The login of a database: another password, another name."""

from __future__ import annotations

from tholos.kernel.command import command
from tholos.kernel.errors import Invalid, Unchanged
from tholos.kernel.job import refuse_at_work
from tholos.kernel.tx import Tx
from tholos.resources.database import hashes
from tholos.resources.database.add import require_new_login
from tholos.resources.database.owner import GIVING
from tholos.resources.database.record import (
    Database,
    change,
    login_name,
    require,
    require_active,
    require_free_login,
    require_server,
    subject,
)
from tholos.resources.database.types import DatabaseName, DatabasePassword, ShortName
from tholos.resources.log.model import note
from tholos.resources.pausing import refuse_suspended
from tholos.resources.system.model import require_system
from tholos.resources.types import AccountName
from tholos.resources.user.record import require_active as require_active_account


@command(
    "database.password.change",
    legacy="v-change-database-password USER DATABASE DBPASS",
    rest="PUT /users/{user}/databases/{database}/password",
    role="user",
)
def change_password(tx: Tx, user: AccountName, database: DatabaseName, dbpass: DatabasePassword) -> None:
    """Give the login of a database another password; whoever is logged in stays so."""
    require_system(tx, "DB_SYSTEM")
    require_active_account(tx, user)
    found = require_active(tx, user, database)
    # What is given away takes its password along.
    refuse_at_work(tx, subject(found), GIVING)
    change(tx, found, password_hash=dbpass.hashed_for(found.type))
    note(tx, user, "Database", f"Changed password of database login (Name: {database}).")


@command(
    "database.login.change",
    legacy="v-change-database-user USER DATABASE DBUSER [DBPASS]",
    examples={"dbuser": "shopadmin"},
    rest="PUT /users/{user}/databases/{database}/login",
    role="user",
)
def change_login(
    tx: Tx, user: AccountName, database: DatabaseName, dbuser: ShortName, dbpass: DatabasePassword | None = None
) -> None:
    """Give a database another login in place of the one it has; without a password, with the same one."""
    require_system(tx, "DB_SYSTEM")
    require_active_account(tx, user)
    found = require(tx, user, database)
    login = login_name(user, dbuser, found.type)
    if login == found.login and dbpass is None:
        raise Unchanged(f"DBUSER={login} already exists", argument="dbuser")
    require_new_login(tx, user, login)
    refuse_suspended(found, "db", database, "database")
    # The job's programs are logged in with the old one, and everything that they read or make is that one's.
    refuse_at_work(tx, subject(found))
    require_free_login(tx, require_server(tx, found.type, found.host), login)
    kept = _kept(found) if dbpass is None else dbpass.hashed_for(found.type)
    # The new login is there before the old one is locked.
    tx.want("database_login", found.type, found.host, login)
    change(tx, found, login=login, password_hash=kept)
    tx.drop("database_login", found.type, found.host, found.login)
    note(tx, user, "Database", f"Changed login of database (Name: {database}, Login: {login}).")


def _kept(database: Database) -> str:
    """The hash that another login can take over."""
    if hashes.is_bound(database.password_hash):
        raise Invalid("invalid password format :: an MD5 hash holds for its login alone", argument="dbpass")
    return str(database.password_hash)
