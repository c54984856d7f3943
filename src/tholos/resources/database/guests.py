"""Logins of databases for a while: a tool such as phpMyAdmin lets somebody in who has no password to tell it."""

from __future__ import annotations

import secrets
import string

import msgspec
from sqlalchemy import insert, select

from tholos.kernel.command import command
from tholos.kernel.due import call_later
from tholos.kernel.errors import Invalid, LimitReached, NotExist
from tholos.kernel.job import refuse_at_work
from tholos.kernel.tx import State, Tx
from tholos.resources.database import hashes
from tholos.resources.database.delete import expiry, guests_of, remove_guest
from tholos.resources.database.model import database_guests
from tholos.resources.database.owner import GIVING
from tholos.resources.database.record import Database, require_active, subject
from tholos.resources.database.resource import DatabaseLogin
from tholos.resources.database.types import MYSQL, DatabaseName, Engine, GuestLogin, SoughtServer
from tholos.resources.database.views import LOGIN
from tholos.resources.log.model import note
from tholos.resources.system.model import require_system, setting
from tholos.resources.types import AccountName, Minutes
from tholos.resources.user.record import require_active as require_active_account

_MYSQL = Engine(MYSQL)
_HOUR = Minutes(60)
_SIGNS = string.ascii_letters + string.digits
_LENGTH = 24
MOST = 20
"""Logins of one database at a time."""


class Guest(msgspec.Struct, frozen=True):
    """A login for a while, with its password, which no repeat of the call shows again."""

    login: str
    password: str


@command(
    "database.guest.add",
    legacy="v-add-database-temp-user USER DATABASE [TYPE] [HOST] [TTL]",
    rest="POST /users/{user}/databases/{database}/temporary-logins",
    role="user",
    view=LOGIN,
    output="json",
    resource=DatabaseLogin,
)
def add(
    tx: Tx,
    user: AccountName,
    database: DatabaseName,
    type: Engine = _MYSQL,
    host: SoughtServer | None = None,
    ttl: Minutes = _HOUR,
) -> Guest:
    """Make a login for some minutes; this answer is the only one that shows its password."""
    if type != MYSQL or type not in setting(tx, "DB_SYSTEM").split(","):
        raise Invalid(f"{type} type is invalid", argument="type")
    require_active_account(tx, user)
    found = _require(tx, user, database, type, host)
    # What is given away is nobody's meanwhile.
    refuse_at_work(tx, subject(found), GIVING)
    if len(guests_of(tx, found)) >= MOST:
        raise LimitReached(f"temporary login limit is reached :: at most {MOST} of a database at a time")
    made = Guest(f"hestia_sso_{secrets.token_hex(8)}", "".join(secrets.choice(_SIGNS) for _ in range(_LENGTH)))
    # A server that is down is not told later: the password is good now, or never.
    tx.context.machine.read("database login there", f"{found.type}/{found.host}", made.login)
    values = {"database_id": found.id, "login": made.login, "password_hash": hashes.native(made.password)}
    tx.execute(insert(database_guests).values(values))
    call_later(tx, ttl * 60, *expiry(found, made.login))
    tx.want("database_login", found.type, found.host, made.login)
    note(tx, user, "Databases", f"Added temporary login (Database: {database}, Login: {made.login}).")
    return made


@command(
    "database.guest.delete",
    legacy="v-delete-database-temp-user USER DATABASE DBUSER [TYPE] [HOST]",
    rest="DELETE /users/{user}/databases/{database}/temporary-logins/{dbuser}",
    role="user",
)
def remove(
    tx: Tx,
    user: AccountName,
    database: DatabaseName,
    dbuser: GuestLogin,
    type: Engine = _MYSQL,
    host: SoughtServer | None = None,
) -> None:
    """Take a login away before its time, and disconnect whoever is logged in with it."""
    require_system(tx, "DB_SYSTEM")
    require_active_account(tx, user)
    found = _require(tx, user, database, type, host)
    here = (database_guests.c.login == dbuser) & (database_guests.c.database_id == found.id)
    if tx.value(select(database_guests.c.id).where(here)) is None:
        raise NotExist(f"dbuser {dbuser} doesn't exist", argument="dbuser")
    remove_guest(tx, found, dbuser)
    note(tx, user, "Database", f"Deleted temporary login (Database: {database}, Login: {dbuser}).")


def _require(state: State, user: str, name: DatabaseName, engine: str, host: str | None) -> Database:
    """The database, which must be where the call says that it is."""
    found = require_active(state, user, name)
    if found.type != engine:
        raise Invalid(f"{engine} type is invalid", argument="type")
    if host is not None and host != found.host:
        raise NotExist(f"{engine} host {host} doesn't exist", argument="host")
    return found
