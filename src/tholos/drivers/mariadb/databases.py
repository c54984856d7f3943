"""Databases on MariaDB."""

from __future__ import annotations

from collections.abc import Iterator

from tholos.apply.host import Host
from tholos.apply.readings.databases import database_at
from tholos.apply.steps import Sql, Statement, Step
from tholos.drivers.at_servers import at_servers
from tholos.drivers.mariadb.names import identifier
from tholos.kernel.touched import Key
from tholos.resources.database.charsets import mariadb
from tholos.resources.database.types import MYSQL
from tholos.resources.database.want import DatabaseWant

_NOTHING = Statement("DO 0")


def plan(key: Key, want: DatabaseWant | None, host: Host) -> Iterator[Step]:
    """Make a database, or have it dropped after the commit: its login is kept out meanwhile."""
    engine, server_host, name = key
    if engine != MYSQL:
        return
    server, thing = f"{engine}/{server_host}", f"database {name}"
    found, retired = database_at(host, server, name)
    drop = Statement(f"DROP DATABASE IF EXISTS {identifier(name)}")
    if want is None:
        if found is not None and not retired:
            yield Sql(server, _NOTHING, retires=thing, purge=(drop,))
        return
    if found is not None and retired:
        # What a committed call deleted must not come back in its namesake.
        yield Sql(server, drop, creates=thing)
    if found is None or retired:
        create = Statement(f"CREATE DATABASE {identifier(name)} CHARACTER SET {mariadb(want.charset) or 'utf8mb4'}")
        yield Sql(server, create, undo=(drop,), creates=thing)


DRIVER = at_servers("mariadb_databases", "database", 41, plan)
