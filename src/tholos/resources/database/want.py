"""What database servers should have."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec
from sqlalchemy import ColumnElement, or_, select, union

from tholos.kernel.touched import Key
from tholos.kernel.tx import State
from tholos.kernel.want import scope
from tholos.resources.database.model import database_guests, database_hosts, databases
from tholos.resources.database.record import DATABASES, find_server


class ServerWant(msgspec.Struct, frozen=True):
    """How the engine is let in at a server, and the template that PostgreSQL makes databases from."""

    engine: str
    host: str
    port: int
    login: str
    password: str
    template: str = ""
    suspended: bool = False


class DatabaseWant(msgspec.Struct, frozen=True):
    """A database: its character set, the login that owns it, and the template that PostgreSQL makes it from."""

    name: str
    charset: str
    login: str
    template: str


class LoginWant(msgspec.Struct, frozen=True):
    """A login that may use one database; a suspended one is kept out."""

    name: str
    password_hash: str
    database: str
    suspended: bool


def _server_keys(state: State) -> Iterable[Key]:
    return [(row.type, row.host) for row in state.rows(select(database_hosts.c.type, database_hosts.c.host))]


@scope("database_server", keys=_server_keys)
def server_want(state: State, key: Key) -> ServerWant | None:
    """A server."""
    found = find_server(state, *key)
    if found is None:
        return None
    access = (found.type, found.host, found.port, found.login, found.password)
    return ServerWant(*access, found.template, found.suspended)


def _here(key: Key) -> tuple[ColumnElement[bool], ...]:
    return database_hosts.c.type == key[0], database_hosts.c.host == key[1]


def _database_keys(state: State) -> Iterable[Key]:
    return [(row.type, row.host, row.name) for row in state.rows(DATABASES)]


@scope("database", keys=_database_keys)
def database_want(state: State, key: Key) -> DatabaseWant | None:
    """A database."""
    wanted = DATABASES.add_columns(database_hosts.c.template).where(*_here(key), databases.c.name == key[2])
    found = state.row(wanted)
    return None if found is None else DatabaseWant(found.name, found.charset, found.login, found.template)


_SERVER = (database_hosts.c.type, database_hosts.c.host)
_SHUT = or_(databases.c.suspended, databases.c.lent_hash != "").label("suspended")
_GUESTS = select(database_guests, databases.c.name, _SHUT, *_SERVER).select_from(
    database_guests.join(databases).join(database_hosts)
)


def _login_keys(state: State) -> Iterable[Key]:
    own = select(*_SERVER, databases.c.login).select_from(databases.join(database_hosts))
    guests = select(*_SERVER, database_guests.c.login).select_from(database_guests.join(databases).join(database_hosts))
    return [(row.type, row.host, row.login) for row in state.rows(union(own, guests))]


@scope("database_login", keys=_login_keys)
def login_want(state: State, key: Key) -> LoginWant | None:
    """The login of a database, or one for a while."""
    found = state.row(DATABASES.where(*_here(key), databases.c.login == key[2]))
    if found is not None and found.lent_hash:
        # What a job has alone is not suspended before it has ended, which would only end its programs.
        return LoginWant(found.login, found.lent_hash, found.name, suspended=False)
    if found is None:
        found = state.row(_GUESTS.where(*_here(key), database_guests.c.login == key[2]))
    return None if found is None else LoginWant(found.login, found.password_hash, found.name, found.suspended)
