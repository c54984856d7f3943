"""What database servers have: whether they let us in, their databases and logins, and how much these take."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any, Generic, NamedTuple, TypeVar, cast

from tholos.apply.host import Host
from tholos.apply.machine import reading
from tholos.apply.sql.place import SOME_TIME, SOON, Place, Rows
from tholos.apply.sql.retired import Thing
from tholos.apply.sql.servers import connect
from tholos.apply.steps import Statement
from tholos.apply.turns import turn
from tholos.kernel.errors import DatabaseFailed

Found = TypeVar("Found")


class FoundLogin(NamedTuple):
    """A login as its server has it: the password's hash, whether it is locked, and databases that it may use."""

    password_hash: str
    locked: bool
    databases: tuple[str, ...]


class FoundDatabase(NamedTuple):
    """A database as its server has it, with the login that owns it (PostgreSQL alone).

    ``by_server`` tells that this is an administrator of the server, who owns more than our databases.
    """

    owner: str
    by_server: bool = False


def ask(host: Host, server: str, text: str, *values: str, seconds: float = SOON) -> Rows:
    """The rows that a server answers with; raise NoConnection or DatabaseFailed."""
    return host.servers.run(server, [Statement(text, values)], seconds=seconds)


_MYSQL_LOGIN = (
    "SELECT COALESCE(JSON_VALUE(Priv, '$.authentication_string'), ''), "
    "COALESCE(JSON_VALUE(Priv, '$.account_locked'), '0') IN ('1', 'true') "
    "FROM mysql.global_priv WHERE Host = '%%' AND User = %s"
)
_MYSQL_GRANTS = "SELECT Db FROM mysql.db WHERE Host = '%%' AND User = %s"
_MYSQL_DATABASE = "SELECT 1 FROM information_schema.schemata WHERE schema_name = %s"
_PGSQL_LOGIN = "SELECT COALESCE(rolpassword, ''), NOT rolcanlogin FROM pg_authid WHERE rolname = %s"
_PGSQL_DATABASE = "SELECT rolname, rolsuper FROM pg_database JOIN pg_roles r ON r.oid = datdba WHERE datname = %s"
_PGSQL_USED = (
    "SELECT DISTINCT datname FROM pg_shdepend JOIN pg_database d ON d.oid = dbid JOIN pg_roles r ON r.oid = refobjid "
    "WHERE refclassid = 'pg_authid'::regclass AND rolname = %s ORDER BY datname"
)


_PGSQL_OPEN = (
    "SELECT datname FROM pg_database WHERE datname IN (%s, %s, %s) "
    "AND has_database_privilege('public', datname::text, 'CONNECT')"
)


_EITHER = {
    "mysql": (
        "SELECT EXISTS (SELECT 1 FROM information_schema.schemata WHERE schema_name = %s) "
        "OR EXISTS (SELECT 1 FROM mysql.global_priv WHERE Host = '%%' AND User = %s)"
    ),
    "pgsql": (
        "SELECT EXISTS (SELECT FROM pg_database WHERE datname = %s) OR EXISTS (SELECT FROM pg_roles WHERE rolname = %s)"
    ),
}


def find_login(host: Host, server: str, name: str) -> FoundLogin | None:
    """A login that may come from any host (MariaDB: ``'name'@'%'``), or None."""
    made = host.servers.made(server, f"login {name}")
    if made is not None:
        return FoundLogin("", False, ()) if made else None
    mysql = server.startswith("mysql/")
    rows = ask(host, server, _MYSQL_LOGIN if mysql else _PGSQL_LOGIN, name)
    if not rows:
        return None
    grants = ask(host, server, _MYSQL_GRANTS, name) if mysql else []
    return FoundLogin(_text(rows[0][0]), bool(rows[0][1]), tuple(_text(row[0]) for row in grants))


def find_database(host: Host, server: str, name: str) -> FoundDatabase | None:
    """A database, or None."""
    made = host.servers.made(server, f"database {name}")
    if made is not None:
        return FoundDatabase("") if made else None
    if server.startswith("mysql/"):
        return FoundDatabase("") if ask(host, server, _MYSQL_DATABASE, name) else None
    rows = ask(host, server, _PGSQL_DATABASE, name)
    return FoundDatabase(_text(rows[0][0]), bool(rows[0][1])) if rows else None


def databases_used(host: Host, server: str, name: str) -> tuple[str, ...]:
    """The databases in which a role of PostgreSQL owns something or has been given a right (pg_shdepend)."""
    if host.servers.made(server, f"login {name}") is not None:
        return ()
    return tuple(_text(row[0]) for row in ask(host, server, _PGSQL_USED, name))


def open_to_all(host: Host, server: str, *names: str) -> tuple[str, ...]:
    """Those of three databases of a server of PostgreSQL that every login may use."""
    if host.rehearse:
        return ()
    return tuple(_text(row[0]) for row in ask(host, server, _PGSQL_OPEN, *names))


def _text(value: object) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)


class Standing(NamedTuple, Generic[Found]):
    """What a server has of a name, and whether that only waits for being dropped."""

    found: Found | None
    retired: bool


def database_at(host: Host, server: str, name: str) -> Standing[FoundDatabase]:
    """How a database stands at a server."""
    return _standing(host, (server, f"database {name}"), lambda: find_database(host, server, name))


def login_at(host: Host, server: str, name: str) -> Standing[FoundLogin]:
    """How a login stands at a server."""
    return _standing(host, (server, f"login {name}"), lambda: find_login(host, server, name))


def _standing(host: Host, thing: Thing, find: Callable[[], Found | None]) -> Standing[Found]:
    kept = host.remembered
    if kept is not None and thing in kept:
        return cast(Standing[Found], kept[thing])
    # In this order: what is dropped in between is then made anew, and not taken for what is there.
    # What the writer plans with is not dropped before its round is over.
    retired = host.retired.holds(thing) if kept is None else host.retired.hold(thing)
    standing = Standing(find(), retired)
    if kept is not None:
        kept[thing] = standing
    return standing


@reading("database names free")
def names_free(host: Host, server: str, name: str, login: str) -> bool:
    """Tell whether a server has neither a database nor a login of these names, which is asked in one go."""
    things = (server, f"database {name}"), (server, f"login {login}")
    standing = {thing: Standing[Any](None, host.retired.holds(thing)) for thing in things}
    if host.rehearse or ask(host, server, _EITHER[server.partition("/")[0]], name, login)[0][0]:
        return False
    if host.remembered is not None:
        host.remembered.update(standing)
    return True


@reading("database there")
def database_there(host: Host, server: str, name: str) -> bool:
    """Tell whether a server has a database of this name that is not about to be dropped."""
    found, retired = database_at(host, server, name)
    return found is not None and not retired


@reading("database login there")
def login_there(host: Host, server: str, name: str) -> bool:
    """Tell whether a server has a login of this name that is not about to be dropped."""
    found, retired = login_at(host, server, name)
    return found is not None and not retired


@reading("database drops")
def drops(host: Host, server: str, seconds: str) -> bool:
    """Tell whether anything waits for being dropped on a server, still after so many seconds."""
    return host.retired.awaits(server, float(seconds))


_MAY_GRANT = {
    "mysql": "SELECT Grant_priv = 'Y' FROM mysql.user WHERE CONCAT(User, '@', Host) = CURRENT_USER()",
    # The hashes of passwords, which are compared with those wanted, are shown to superusers alone.
    "pgsql": "SELECT rolsuper FROM pg_roles WHERE rolname = current_user",
}


@reading("database administrator")
def administrator(host: Host, engine: str, name: str, port: str, login: str, password: str) -> bool:
    """Tell whether a login may make databases and logins at a server; raise NoConnection when it is not let in."""
    if host.rehearse:
        return True
    connection = connect(Place(engine, name, int(port), login, password))
    try:
        rows = connection.rows(_MAY_GRANT[engine], (), SOON)
    except DatabaseFailed:
        # Who may not even read this may grant nothing.
        return False
    finally:
        connection.close()
    return bool(rows and rows[0][0])


_SIZE = {
    "mysql": (
        "SELECT COALESCE(SUM(data_length + index_length), 0) FROM information_schema.tables WHERE table_schema = %s"
    ),
    "pgsql": "SELECT pg_database_size(datname) FROM pg_database WHERE datname = %s",
}


_SIZES_AT_ONCE = threading.BoundedSemaphore(4)
"""How many databases are measured at the same time: a server looks at every file of one."""
SIZE_WAIT = 30.0
"""Seconds that a measure waits for its turn."""


@reading("database size")
def size(host: Host, server: str, name: str) -> int:
    """The bytes that a database takes; 0 when there is none."""
    if host.rehearse:
        return 0
    with turn(_SIZES_AT_ONCE, SIZE_WAIT, "databases are being measured"):
        rows = ask(host, server, _SIZE[server.partition("/")[0]], name, seconds=SOME_TIME)
    return int(rows[0][0]) if rows else 0
