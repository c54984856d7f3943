"""The servers that databases are on: adding and forgetting them, taking them out of use, and how one is let in."""

from __future__ import annotations

from sqlalchemy import delete, insert, select, update

from tholos.kernel.command import command
from tholos.kernel.errors import Exists, InUse, Invalid, NoConnection
from tholos.kernel.postponed import waits
from tholos.kernel.tx import State, Tx
from tholos.resources.database.model import database_hosts, databases
from tholos.resources.database.record import find_server, require_engine, require_server
from tholos.resources.database.types import (
    PGSQL,
    AdminLogin,
    Charsets,
    DatabasePassword,
    Engine,
    MostDatabases,
    ServerName,
    ServerPort,
)
from tholos.resources.log.model import SYSTEM, note
from tholos.resources.pausing import refuse_suspended, refuse_unsuspended
from tholos.resources.system.model import require_system
from tholos.resources.types import ObjectName

LOCAL = "localhost"
DROPS = "5"
"""Seconds to wait for what is still being dropped."""
_MOST = MostDatabases(500)
_CHARSETS = Charsets("UTF8,LATIN1,WIN1250,WIN1251,WIN1252,WIN1256,WIN1258,KOI8")
_PORTS = {"mysql": 3306, PGSQL: 5432}


@command(
    "database.server.add",
    legacy="v-add-database-host TYPE HOST DBUSER DBPASS [MAX_DB] [CHARSETS] [TEMPLATE] [PORT]",
    usage="TYPE HOST DBUSER DBPASS [MAX_DB] [CHARSETS] [TPL] [PORT]",
    rest="POST /database-servers",
)
def add(
    tx: Tx,
    type: Engine,
    host: ServerName,
    dbuser: AdminLogin,
    dbpass: DatabasePassword,
    max_db: MostDatabases = _MOST,
    charsets: Charsets = _CHARSETS,
    template: ObjectName | None = None,
    port: ServerPort | None = None,
) -> None:
    """Add a database server, by a login there that may create databases and logins."""
    require_engine(tx, type)
    if find_server(tx, type, host) is not None:
        raise Exists(f"host={host} already exists", argument="host")
    number = port or _PORTS[type]
    values = {
        "type": type,
        "host": host,
        "port": number,
        "login": dbuser,
        "password": _needed(tx, type, host, number, dbuser, dbpass),
        "charsets": charsets,
        "template": template or ("template1" if type == PGSQL else ""),
        "max_db": max_db,
        "created": tx.context.now,
    }
    tx.execute(insert(database_hosts).values(values))
    tx.want("database_server", type, host)
    note(tx, SYSTEM, "Database", f"Added database host (Type: {type}, Host: {host}).")


def _needed(state: State, engine: str, host: str, port: int, login: str, password: str) -> str:
    """The password, or none where a server of this machine lets root in by the socket; raise NoConnection."""

    def lets_in(tried: str) -> bool:
        found: bool = state.context.machine.read("database administrator", engine, host, str(port), login, tried)
        return found

    if host == LOCAL:
        try:
            if lets_in(""):
                return ""
        except NoConnection:
            pass
    if not lets_in(password):
        raise NoConnection(f"{login} may not create databases at {engine} host {host}", argument="dbuser")
    return password


def _wait_for_drops(state: State, type: Engine, host: ServerName) -> bool:
    """What was deleted a moment ago is being dropped; where it was cannot be forgotten before."""
    waiting: bool = state.context.machine.read("database drops", f"{type}/{host}", DROPS)
    return waiting


@command(
    "database.server.delete",
    legacy="v-delete-database-host TYPE HOST",
    rest="DELETE /database-servers/{type}/{host}",
    before=_wait_for_drops,
)
def remove(tx: Tx, type: Engine, host: ServerName) -> None:
    """Forget a database server that has no databases.

    With a suspended one goes what is still to be done there: it may be gone for good.
    """
    require_engine(tx, type)
    server = require_server(tx, type, host)
    used = tx.value(select(databases.c.id).where(databases.c.host_id == server.id).limit(1)) is not None
    if used or (not server.suspended and _is_anything_left(tx, f"{type}/{host}")):
        raise InUse(f"host {host} is used", argument="host")
    tx.execute(delete(database_hosts).where(database_hosts.c.id == server.id))
    tx.drop("database_server", type, host)
    note(tx, SYSTEM, "Database", f"Deleted database host (Type: {type}, Host: {host}).")


def _is_anything_left(state: State, server: str) -> bool:
    return waits(state, server) or bool(state.context.machine.read("database drops", server, "0"))


@command(
    "database.server.password.change",
    legacy="v-change-database-host-password TYPE HOST USER PASSWORD",
    usage="TYPE HOST DBUSER DBPASS",
    rest="PUT /database-servers/{type}/{host}/password",
)
def change_password(tx: Tx, type: Engine, host: ServerName, user: AdminLogin, password: DatabasePassword) -> None:
    """Change the login and the password by which a database server lets the engine in."""
    if not {"'", '"', "\\"}.isdisjoint(password):
        raise Invalid("invalid password format", argument="password")
    server = require_server(tx, type, host)
    kept = _needed(tx, type, host, server.port, user, password)
    tx.execute(update(database_hosts).where(database_hosts.c.id == server.id).values(login=user, password=kept))
    tx.want("database_server", type, host)
    note(tx, SYSTEM, "Database", f"Changed password of database host (Type: {type}, Host: {host}).", "Warning")


@command(
    "database.server.suspend",
    legacy="v-suspend-database-host TYPE HOST",
    rest="POST /database-servers/{type}/{host}/suspend",
)
def suspend(tx: Tx, type: Engine, host: ServerName) -> None:
    """Put no more databases on a server; those that are there go on.

    As long as it is marked so and does not answer, or can only be read, deleting and suspending what is there waits for
    it, and nobody else.
    """
    require_system(tx, "DB_SYSTEM")
    refuse_suspended(require_server(tx, type, host), f"{type} host", host, "host")
    _mark(tx, type, host, suspended=True)


@command(
    "database.server.unsuspend",
    legacy="v-unsuspend-database-host TYPE HOST",
    rest="POST /database-servers/{type}/{host}/unsuspend",
)
def unsuspend(tx: Tx, type: Engine, host: ServerName) -> None:
    """Put databases on a server again."""
    require_system(tx, "DB_SYSTEM")
    refuse_unsuspended(require_server(tx, type, host), f"{type} host", host, "host")
    _mark(tx, type, host, suspended=False)


def _mark(tx: Tx, engine: str, host: str, *, suspended: bool) -> None:
    here = (database_hosts.c.type == engine) & (database_hosts.c.host == host)
    tx.execute(update(database_hosts).where(here).values(suspended=suspended))
    tx.want("database_server", engine, host)
    word = "Suspended" if suspended else "Unsuspended"
    note(tx, SYSTEM, "Database", f"{word} database host (Type: {engine}, Host: {host}).")
