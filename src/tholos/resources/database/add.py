"""Adding databases."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import insert, select, update

from tholos.kernel.command import command
from tholos.kernel.errors import Exists
from tholos.kernel.tx import State, Tx
from tholos.resources.database.charsets import require_charset
from tholos.resources.database.model import database_hosts, databases
from tholos.resources.database.record import (
    Server,
    choose_server,
    count,
    database_name,
    find,
    login_name,
    require_engine,
    require_free,
)
from tholos.resources.database.types import MYSQL, Charset, DatabasePassword, Engine, ShortName, SoughtServer
from tholos.resources.limits import require_room
from tholos.resources.log.model import note
from tholos.resources.types import AccountName
from tholos.resources.user.record import require_active

_MYSQL = Engine(MYSQL)
_UTF8 = Charset("UTF8MB4")


class Made(NamedTuple):
    """The name under which a database was made."""

    database: str

    def without_secret(self) -> Made:
        """All of it may be kept."""
        return self


@command(
    "database.add",
    legacy="v-add-database USER DATABASE DBUSER DBPASS [TYPE] [HOST] [CHARSET]",
    rest="POST /users/{user}/databases",
    role="user",
)
def add(
    tx: Tx,
    user: AccountName,
    database: ShortName,
    dbuser: ShortName,
    dbpass: DatabasePassword,
    type: Engine = _MYSQL,
    host: SoughtServer | None = None,
    charset: Charset = _UTF8,
) -> Made:
    """Create a database with a login of its own; the account's name is put before both names."""
    name, login = database_name(user, database, type), login_name(user, dbuser, type)
    require_engine(tx, type)
    account = require_active(tx, user)
    _require_unused(tx, user, name, login)
    server = choose_server(tx, type, host)
    require_room("DATABASES", account.databases, count(tx, user))
    require_charset(type, charset)
    require_free(tx, server, name, login)
    values = {"account": user, "name": name, "login": login, "password_hash": dbpass.hashed_for(type)}
    insert_database(tx, server, charset=charset, created=tx.context.now, **values)
    note(tx, user, "Databases", f"Added new database {name} ({type}).")
    return Made(name)


def _require_unused(state: State, user: str, name: str, login: str) -> None:
    """The account's own names are looked at first, whatever server they are on."""
    if find(state, user, name) is not None:
        raise Exists(f"DB={name} already exists", argument="database")
    require_new_login(state, user, login)


def require_new_login(state: State, user: str, login: str) -> None:
    """Raise Exists when an account has a login of this name, on whatever server."""
    here = (databases.c.login == login) & (databases.c.account == user)
    if state.value(select(databases.c.id).where(here)) is not None:
        raise Exists(f"DBUSER={login} already exists", argument="dbuser")


def insert_database(tx: Tx, server: Server, **values: object) -> None:
    """Insert a database of a server, and have it made there."""
    tx.execute(insert(databases).values(host_id=server.id, **values))
    count_database(tx, server.id, 1)
    tx.want("database_login", server.type, server.host, str(values["login"]))
    tx.want("database", server.type, server.host, str(values["name"]))


def count_database(tx: Tx, host_id: int, more: int) -> None:
    """Count a database of a server more, or less."""
    used = database_hosts.c.used + more
    tx.execute(update(database_hosts).where(database_hosts.c.id == host_id).values(used=used))
