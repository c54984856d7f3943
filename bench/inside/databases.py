"""Adding a database through the engine, against the same statements on a kept connection to the same server."""

from __future__ import annotations

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
    name = f"typed_n{next(THEIRS):05d}"
    pattern = name.replace("_", "\\_")
    run(f"CREATE USER `{name}`@`%%` IDENTIFIED WITH mysql_native_password AS %s", (native(PASSWORD),))
    run(f"GRANT ALL PRIVILEGES ON `{pattern}`.* TO `{name}`@`%%`", ())
    run(f"CREATE DATABASE `{name}` CHARACTER SET utf8mb4", ())


def on_postgresql(run: Callable[[str, Sequence[str]], None]) -> None:
    """The statements that make a database and its role on PostgreSQL."""
    name = f"typed_n{next(THEIRS):05d}"
    run(f'CREATE ROLE "{name}" LOGIN PASSWORD %s', (scram(PASSWORD),))
    run(f'CREATE DATABASE "{name}" OWNER "{name}" ENCODING \'UTF8\' TEMPLATE "template1"', ())
    run(f'REVOKE ALL ON DATABASE "{name}" FROM PUBLIC', ())


def main(rounds: int) -> None:
    """Measure both engines, in turn with the statements themselves."""
    must("v-add-user", ACCOUNT, PASSWORD, "bench@example.org")
    for engine, title, connect, statements in (
        ("mysql", "MariaDB", mariadb, on_mariadb),
        ("pgsql", "PostgreSQL", postgresql, on_postgresql),
    ):
        run = connect()
        ours, floor = in_turn([lambda e=engine: add_database(e), lambda r=run, s=statements: s(r)], rounds, warm_up=5)
        report(f"adding a database on {title}", ours, floor, 1.5, "the same statements on a kept connection")
    must("v-delete-user", ACCOUNT)


if __name__ == "__main__":
    main(int(sys.argv[1]) if sys.argv[1:] else 60)
