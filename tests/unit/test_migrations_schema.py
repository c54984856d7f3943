"""The schema that migrations make is the one that the tables declare."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, create_engine, inspect, select
from sqlalchemy.pool import NullPool

from tholos import migrations
from tholos.apply.store import Store
from tholos.kernel.command import load
from tholos.kernel.tables import metadata
from tholos.resources.dns.model import dns_past

load()
load("tholos.apply")


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """A state's database, brought to the newest revision."""
    store = Store(tmp_path)
    assert migrations.upgrade(store.writing().engine)
    return store


def test_a_fresh_database_is_what_the_tables_declare(store: Store) -> None:
    with store.reading() as connection:
        options = {"compare_type": True, "compare_server_default": default_differs}
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, metadata) == []
        assert migrations.current(connection) == migrations.newest()
    store.close()


def test_constraints_and_indexes_have_the_declared_names(store: Store) -> None:
    with store.reading() as connection:
        for table in metadata.sorted_tables:
            found = {index["name"] for index in inspect(connection).get_indexes(table.name)}
            assert {index.name for index in table.indexes} <= found
    store.close()


def test_upgrading_again_changes_nothing(store: Store, tmp_path: Path) -> None:
    before = dump(tmp_path / "state.db")
    assert not migrations.upgrade(store.writing().engine)
    store.close()
    again = Store(tmp_path)
    assert not migrations.upgrade(again.writing().engine)
    again.close()
    assert dump(tmp_path / "state.db") == before


def test_revisions_are_a_chain_in_the_order_of_their_files() -> None:
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(migrations.HERE))
    script = ScriptDirectory.from_config(config)
    names = [revision.revision for revision in script.walk_revisions()]
    assert names == sorted(names, reverse=True)
    assert script.get_heads() == [migrations.newest()]


def test_what_another_server_had_sent_waits_after_an_update(tmp_path: Path) -> None:
    with at_revision(tmp_path, "0030") as (connection, go_on):
        connection.exec_driver_sql(
            "INSERT INTO dns_received (account, domain, line, records, added) VALUES "
            "('a', 'both.test', 'L', 'file\n', 'more\n'), ('a', 'line.test', 'L', NULL, 'one\n'), "
            "('a', 'none.test', 'L', '', '')"
        )
        go_on()
        columns = "SELECT domain, replaced FROM dns_received ORDER BY domain"
        assert [*connection.exec_driver_sql(columns)] == [("both.test", 1), ("line.test", 0), ("none.test", 1)]
        rows = connection.exec_driver_sql("SELECT domain, text, total FROM dns_received_records ORDER BY domain, id")
        assert [*rows] == [("both.test", "file\n", 5), ("both.test", "more\n", 10), ("line.test", "one\n", 4)]


def test_databases_keep_what_they_have_and_their_numbers_are_not_given_again(tmp_path: Path) -> None:
    with at_revision(tmp_path, "0031") as (connection, go_on):
        connection.exec_driver_sql("PRAGMA foreign_keys=ON")
        for statement in BEFORE_NUMBERS:
            connection.exec_driver_sql(statement)
        go_on()
        rows = connection.exec_driver_sql("SELECT id, name, login, lent_hash, disk_bytes FROM databases ORDER BY id")
        assert [*rows] == [(3, "a_shop", "a_l3", "", 7 << 20), (4, "b_shop", "b_l4", "", 0)]
        assert [*connection.exec_driver_sql("SELECT database_id, login FROM database_guests")] == [(3, "guest")]
        assert [*connection.exec_driver_sql("SELECT id, also FROM jobs ORDER BY id")] == [
            ("dump", ""),
            ("give", "database b_shop at mysql localhost"),
        ]
        connection.exec_driver_sql(ADD_DATABASE.format(id="NULL", account="a", name="a_new", login="a_new"))
        assert connection.exec_driver_sql("SELECT id FROM databases WHERE name = 'a_new'").scalar() == 10
        assert [*connection.exec_driver_sql("PRAGMA foreign_key_check")] == []


ADD_DATABASE = (
    "INSERT INTO databases (id, account, host_id, name, login, password_hash, charset, created) "
    "VALUES ({id}, '{account}', 1, '{name}', '{login}', '*', 'UTF8', '2026-01-01')"
)
ADD_JOB = (
    "INSERT INTO jobs (id, kind, account, subject, arguments, state, created) "
    "VALUES ('{id}', 'database.{kind}', 'a', '-', '{arguments}', 'waiting', '2026-01-01')"
)
BEFORE_NUMBERS = (
    "INSERT INTO packages (name, created) VALUES ('p', '2026-01-01')",
    *(
        "INSERT INTO accounts (name, contact, package, password_hash, created) "
        f"VALUES ('{name}', '-', 'p', '*', '2026-01-01')"
        for name in ("a", "b")
    ),
    "INSERT INTO database_hosts (id, type, host, port, login, charsets, max_db, created) "
    "VALUES (1, 'mysql', 'localhost', 3306, 'root', 'UTF8', 9, '2026-01-01')",
    *(
        ADD_DATABASE.format(id=id, account=account, name=f"{account}_shop", login=f"{account}_l{id}")
        for id, account in ((3, "a"), (4, "b"))
    ),
    "UPDATE databases SET disk = 7 WHERE id = 3",
    "INSERT INTO database_guests (database_id, login, password_hash) VALUES (3, 'guest', '*')",
    ADD_JOB.format(id="dump", kind="dump", arguments='{"database":9,"path":"/backup/x.sql"}'),
    ADD_JOB.format(id="give", kind="owner", arguments='{"old":3,"new":4,"was_suspended":false}'),
)


def test_names_of_zones_that_were_deleted_before_are_remembered_from_now_on(tmp_path: Path) -> None:
    with at_revision(tmp_path, "0034") as (connection, go_on):
        for statement in (*BEFORE_NUMBERS[:2], *BEFORE_ZONES):
            connection.exec_driver_sql(statement)
        go_on()
        rows = connection.execute(select(dns_past).order_by(dns_past.c.zone)).all()
        assert [(row.zone, row.serial, row.account) for row in rows] == [("gone.test", 7, ""), ("there.test", 8, "")]
        assert rows[1].deleted is None
        assert abs(datetime.now() - rows[0].deleted) < timedelta(hours=1)


BEFORE_ZONES = (
    "INSERT INTO dns_domains (account, domain, zone, parent, ip, serial, created) "
    "VALUES ('a', 'there.test', 'there.test', 'there.test', '-', 9, '2026-01-01')",
    "INSERT INTO dns_past (zone, serial, deletions) VALUES ('gone.test', 7, 1), ('there.test', 8, 2)",
)


@contextmanager
def at_revision(directory: Path, revision: str) -> Iterator[tuple[Connection, Callable[[], None]]]:
    """A state's database at an older revision, and what brings it to the newest after that."""
    from alembic import command
    from alembic.config import Config

    database = create_engine(f"sqlite:///{directory / 'state.db'}", poolclass=NullPool)
    with database.connect() as connection:
        config = Config()
        config.set_main_option("script_location", str(migrations.HERE))
        config.attributes["connection"] = connection
        command.upgrade(config, revision)

        def go_on() -> None:
            connection.commit()
            command.upgrade(config, "head")

        yield connection, go_on


def default_differs(*compared: object) -> bool:
    """Compare defaults without the brackets and quotes in which SQLite gives them back."""
    found, declared = compared[-3], compared[-1]
    return str(found).strip("()'") != str(declared).strip("()'")


def dump(path: Path) -> list[str]:
    """The schema and every row of a database, as text."""
    engine = create_engine(f"sqlite:///{path}", poolclass=NullPool)
    with engine.connect() as connection:
        rows = [repr(row) for table in metadata.sorted_tables for row in connection.execute(select(table))]
        return [*_schema(connection), *rows]


def _schema(connection: Connection) -> list[str]:
    return [str(row) for row in connection.exec_driver_sql("select name, sql from sqlite_schema order by name")]
