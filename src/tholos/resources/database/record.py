"""Reading databases and their servers, and the checks that commands on them begin with."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Row, func, select, update

from tholos.kernel.errors import Exists, Invalid, LimitReached, NotExist
from tholos.kernel.job import is_about
from tholos.kernel.tx import State, Tx
from tholos.resources.database.model import database_hosts, databases
from tholos.resources.database.types import ENGINES, PGSQL, DatabaseName, NewDatabaseName, NewLogin
from tholos.resources.pausing import refuse_suspended
from tholos.resources.system.model import require_system

Database = Row[Any]
Server = Row[Any]
DATABASES = select(databases, database_hosts.c.type, database_hosts.c.host, database_hosts.c.port).join(database_hosts)
"""Databases with the engine, the host and the port of their server."""


def require_engine(state: State, engine: str) -> None:
    """Raise Disabled when there are no databases here, Invalid when this engine is not used."""
    if engine not in require_system(state, "DB_SYSTEM").split(",") or engine not in ENGINES:
        raise Invalid(f"{engine} type is invalid", argument="type")


def find(state: State, account: str, name: str) -> Database | None:
    """An account's database, or None."""
    return state.row(DATABASES.where(databases.c.account == account, databases.c.name == name))


def require(state: State, account: str, name: str, argument: str = "database") -> Database:
    """An account's database, or NotExist."""
    found = find(state, account, name)
    if found is None:
        raise NotExist(f"db db {name} doesn't exist", argument=argument)
    return found


def require_active(state: State, account: str, name: DatabaseName, argument: str = "database") -> Database:
    """An account's database, NotExist, or Suspended."""
    found = require(state, account, name, argument)
    refuse_suspended(found, "db", name, argument)
    return found


def subject(database: Database) -> str:
    """What no two jobs work on at a time."""
    return f"database {database.name} at {database.type} {database.host}"


class Gone(NotExist):
    """The database that a job is about was deleted meanwhile."""


def find_for_job(state: State, id: int, job: str) -> Database | None:
    """The database of a number that a job is about; None when it was deleted meanwhile, also where it has a namesake.

    A number is never given twice; the name is compared all the same, because what is wrong here reaches somebody else.
    """
    found = state.row(DATABASES.where(databases.c.id == id))
    return found if found is not None and is_about(state, job, subject(found)) else None


def require_for_job(state: State, id: int, job: str) -> Database:
    """The database of a number that a job is about, or Gone."""
    found = find_for_job(state, id, job)
    if found is None:
        raise Gone("the database was deleted meanwhile", argument="database")
    return found


def of_account(state: State, account: str) -> Sequence[Database]:
    """All databases of an account, in the order in which they were added."""
    return state.listed(DATABASES.where(databases.c.account == account).order_by(databases.c.id))


def count(state: State, account: str) -> int:
    """How many databases an account has."""
    return int(state.value(select(func.count()).where(databases.c.account == account)))


def database_name(account: str, short: str, engine: str) -> NewDatabaseName:
    """The whole name of a database; raise Invalid when it cannot be one. PostgreSQL's are in lower case."""
    return NewDatabaseName.parse(_whole(account, short, engine, "database"), "database")


def login_name(account: str, short: str, engine: str) -> NewLogin:
    """The whole name of a login; raise Invalid when it cannot be one."""
    return NewLogin.parse(_whole(account, short, engine, "dbuser"), "dbuser")


def _whole(account: str, short: str, engine: str, word: str) -> str:
    name = f"{account}_{short}"
    if engine != PGSQL:
        return name
    if "-" in short:
        raise Invalid(f"invalid {word} format :: {name}", argument=word)
    return name.lower()


def find_server(state: State, engine: str, host: str) -> Server | None:
    """A server, or None."""
    here = (database_hosts.c.type == engine) & (database_hosts.c.host == host)
    return state.row(select(database_hosts).where(here))


def require_server(state: State, engine: str, host: str) -> Server:
    """A server, or NotExist."""
    found = find_server(state, engine, host)
    if found is None:
        raise NotExist(f"{engine} host {host} doesn't exist", argument="host")
    return found


def choose_server(state: State, engine: str, host: str | None) -> Server:
    """The server that was named, else of those in use that have room the one with the fewest databases.

    Raise NotExist when there is none, Suspended when it is not in use, LimitReached when there is no room for one more.
    """
    if host is not None:
        chosen: Server | None = require_server(state, engine, host)
    else:
        usable = (database_hosts.c.type == engine) & ~database_hosts.c.suspended
        is_full = database_hosts.c.used >= database_hosts.c.max_db
        order = (is_full, database_hosts.c.used, database_hosts.c.id)
        chosen = state.row(select(database_hosts).where(usable).order_by(*order))
    if chosen is None:
        raise NotExist(f"{engine} host doesn't exist", argument="host")
    refuse_suspended(chosen, f"{engine} host", chosen.host, "host")
    if chosen.used >= chosen.max_db:
        raise LimitReached(f"MAX_DB of {engine} host {chosen.host} is reached", argument="host")
    return chosen


def require_free(state: State, server: Server, name: str, login: str) -> None:
    """Raise Exists when a database or a login of this name is there already: here, or at the server itself."""
    where = f"{server.type}/{server.host}"
    free = bool(state.context.machine.read("database names free", where, name, login))
    if _is_there(state, server, databases.c.name, "" if free else "database there", name):
        raise Exists(f"DB={name} already exists", argument="database")
    _require_free_login(state, server, login, "" if free else "database login there")


def require_free_login(state: State, server: Server, login: str) -> None:
    """Raise Exists when a server has a login of this name."""
    _require_free_login(state, server, login, "database login there")


def _require_free_login(state: State, server: Server, login: str, reading: str) -> None:
    if _is_there(state, server, databases.c.login, reading, login):
        raise Exists(f"DBUSER={login} already exists", argument="dbuser")


def _is_there(state: State, server: Server, column: ColumnElement[str], reading: str, name: str) -> bool:
    here = databases.c.host_id == server.id
    known = state.value(select(databases.c.id).where(here, column == name)) is not None
    return known or bool(reading and state.context.machine.read(reading, f"{server.type}/{server.host}", name))


def want_all(tx: Tx, database: Database) -> None:
    """Have a database and its login planned again."""
    tx.want("database_login", database.type, database.host, database.login)
    tx.want("database", database.type, database.host, database.name)


def change(tx: Tx, database: Database, **values: object) -> None:
    """Change columns of a database, and have it and its login planned again."""
    tx.execute(update(databases).where(databases.c.id == database.id).values(values))
    want_all(tx, database)
