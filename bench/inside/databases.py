"""Adding a database through the engine's socket, against the same statements on a kept connection to the server."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from itertools import count

import psycopg
import pymysql
from tools import in_turn, must, report

from tholos.resources.database.hashes import native, scram

ACCOUNT, PASSWORD = "benchdb", "correct horse battery"
OURS, THEIRS = count(1), count(1)


def add_database(engine: str) -> None:
    """Add one database with its login."""
    name = f"n{next(OURS):05d}"
    must("v-add-database", ACCOUNT, name, name, PASSWORD, engine)


def mariadb() -> Callable[[str, Sequence[str]], None]:
    """What runs a statement on a kept connection of root's."""
    kept = pymysql.connect(unix_socket="/run/mysqld/mysqld.sock", user="root", autocommit=True)

    def run(statement: str, values: Sequence[str]) -> None:
        with kept.cursor() as cursor:
            cursor.execute(statement, values)

    return run


def postgresql() -> Callable[[str, Sequence[str]], None]:
    """As ``mariadb``."""
    kept = psycopg.connect("host=/run/postgresql dbname=postgres", autocommit=True, cursor_factory=psycopg.ClientCursor)

    def run(statement: str, values: Sequence[str]) -> None:
        kept.execute(statement, values)

    return run


def on_mariadb(run: Callable[[str, Sequence[str]], None]) -> None:
    """The statements that make a database and its login on MariaDB."""
    name = f"typed_{os.getpid()}_{next(THEIRS):05d}"
    pattern = name.replace("_", "\\_")
    run(f"CREATE USER `{name}`@`%%` IDENTIFIED WITH mysql_native_password AS %s", (native(PASSWORD),))
    run(f"GRANT ALL PRIVILEGES ON `{pattern}`.* TO `{name}`@`%%`", ())
    run(f"CREATE DATABASE `{name}` CHARACTER SET utf8mb4", ())


def on_postgresql(run: Callable[[str, Sequence[str]], None]) -> None:
    """The statements that make a database and its role on PostgreSQL."""
    name = f"typed_{os.getpid()}_{next(THEIRS):05d}"
    run(f'CREATE ROLE "{name}" LOGIN PASSWORD %s', (scram(PASSWORD),))
    run(f'CREATE DATABASE "{name}" OWNER "{name}" ENCODING \'UTF8\' TEMPLATE "template1"', ())
    run(f'REVOKE ALL ON DATABASE "{name}" FROM PUBLIC', ())


def typed_into_mariadb() -> None:
    """The same, typed into the server's own client."""
    name = f"typed_{os.getpid()}_{next(THEIRS):05d}"
    pattern = name.replace("_", "\\_")
    text = (
        f"CREATE USER `{name}`@`%` IDENTIFIED WITH mysql_native_password AS '{native(PASSWORD)}';\n"
        f"GRANT ALL PRIVILEGES ON `{pattern}`.* TO `{name}`@`%`;\nCREATE DATABASE `{name}` CHARACTER SET utf8mb4;\n"
    )
    subprocess.run(["mariadb"], input=text.encode(), check=True)


def typed_into_postgresql() -> None:
    """The same, typed into the server's own client."""
    name = f"typed_{os.getpid()}_{next(THEIRS):05d}"
    text = (
        f"CREATE ROLE \"{name}\" LOGIN PASSWORD '{scram(PASSWORD)}';\n"
        f'CREATE DATABASE "{name}" OWNER "{name}" ENCODING \'UTF8\' TEMPLATE "template1";\n'
        f'REVOKE ALL ON DATABASE "{name}" FROM PUBLIC;\n'
    )
    subprocess.run(["psql", "-Xq", "-d", "postgres"], input=text.encode(), check=True)


def measure(engine: str, title: str, kept: Callable[[], None], typed: Callable[[], None], rounds: int) -> None:
    """Measure an engine, in turn with the statements themselves.

    What is typed must be durable here and there. A kept connection to MariaDB, whose three statements take 1.4 ms, is
    no limit that a call can keep: it has a transaction and a journal on the disk, and checks to make before.
    """
    ours, floor, client = in_turn([lambda: add_database(engine), kept, typed], rounds, warm_up=5)
    report(f"adding a database on {title}", ours, floor, None, "the same statements on a kept connection")
    report(f"adding a database on {title}", ours, client, 1.5, "the same statements typed into the server's client")


def main(rounds: int) -> None:
    """Measure both engines."""
    must("v-add-user", ACCOUNT, PASSWORD, "bench@example.org")
    on_mysql, on_pgsql = mariadb(), postgresql()
    measure("mysql", "MariaDB", lambda: on_mariadb(on_mysql), typed_into_mariadb, rounds)
    measure("pgsql", "PostgreSQL", lambda: on_postgresql(on_pgsql), typed_into_postgresql, rounds)
    must("v-delete-user", ACCOUNT)


if __name__ == "__main__":
    main(int(sys.argv[1]) if sys.argv[1:] else 60)
