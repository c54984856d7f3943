"""Databases on PostgreSQL, each owned by its role and closed to every other."""

from __future__ import annotations

from collections.abc import Iterator

from tholos.apply.host import Host
from tholos.apply.readings.databases import FoundDatabase, database_at
from tholos.apply.steps import Sql, Statement, Step
from tholos.drivers.at_servers import at_servers
from tholos.drivers.postgresql.names import identifier
from tholos.kernel.touched import Key
from tholos.resources.database.charsets import postgresql
from tholos.resources.database.types import PGSQL
from tholos.resources.database.want import DatabaseWant

_NOTHING = Statement("SELECT")
_UTF8 = "UTF8"


def plan(key: Key, want: DatabaseWant | None, host: Host) -> Iterator[Step]:
    """Make a database, or have it dropped after the commit: its role is kept out meanwhile."""
    engine, server_host, name = key
    if engine != PGSQL:
        return
    server, thing = f"{engine}/{server_host}", f"database {name}"
    found, retired = database_at(host, server, name)
    drop = Statement(f"DROP DATABASE IF EXISTS {identifier(name)} WITH (FORCE)")
    if want is None:
        if found is not None and not retired:
            yield Sql(server, _NOTHING, retires=thing, purge=(drop,))
        return
    if found is not None and retired:
        # What a committed call deleted must not come back in its namesake.
        yield Sql(server, drop, creates=thing)
    if found is None or retired:
        yield Sql(server, _create(want), undo=(drop,), creates=thing)
        yield Sql(server, closed(name))
    elif found.owner not in ("", want.login):
        yield from _change_owner(server, want, found)


def _change_owner(server: str, want: DatabaseWant, found: FoundDatabase) -> Iterator[Step]:
    own, before = (_give(want.name, role) for role in (want.login, found.owner))
    yield Sql(server, own, undo=(before,))
    if not found.by_server:
        # What is in the database belongs to its login too.
        over, back = _reassign(want.name, found.owner, want.login), _reassign(want.name, want.login, found.owner)
        yield Sql(server, over, undo=(back,))


def _reassign(name: str, before: str, after: str) -> Statement:
    return Statement(f"REASSIGN OWNED BY {identifier(before)} TO {identifier(after)}", database=name)


def _create(want: DatabaseWant) -> Statement:
    encoding = postgresql(want.charset) or _UTF8
    # The template's own encoding can be copied; for another one there must be no text in it and no locale's order.
    source = f"TEMPLATE {identifier(want.template or 'template1')}"
    other = "TEMPLATE template0 LC_COLLATE 'C' LC_CTYPE 'C'"
    made = f"CREATE DATABASE {identifier(want.name)} OWNER {identifier(want.login)} ENCODING '{encoding}'"
    return Statement(f"{made} {source if encoding == _UTF8 else other}")


def closed(name: str) -> Statement:
    """Have a database be used by no login that was not let in."""
    return Statement(f"REVOKE ALL ON DATABASE {identifier(name)} FROM PUBLIC")


def _give(name: str, role: str) -> Statement:
    return Statement(f"ALTER DATABASE {identifier(name)} OWNER TO {identifier(role)}")


DRIVER = at_servers("postgresql_databases", "database", 43, plan)
