"""The schema that migrations make is the one that the tables declare."""

from __future__ import annotations

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
    from alembic import command
    from alembic.config import Config

    database = create_engine(f"sqlite:///{tmp_path / 'state.db'}", poolclass=NullPool)
    with database.connect() as connection:
        config = Config()
        config.set_main_option("script_location", str(migrations.HERE))
        config.attributes["connection"] = connection
        command.upgrade(config, "0030")
        connection.exec_driver_sql(
            "INSERT INTO dns_received (account, domain, line, records, added) VALUES "
            "('a', 'both.test', 'L', 'file\n', 'more\n'), ('a', 'line.test', 'L', NULL, 'one\n'), "
            "('a', 'none.test', 'L', '', '')"
        )
        connection.commit()
        command.upgrade(config, "head")
        columns = "SELECT domain, replaced FROM dns_received ORDER BY domain"
        assert [*connection.exec_driver_sql(columns)] == [("both.test", 1), ("line.test", 0), ("none.test", 1)]
        rows = connection.exec_driver_sql("SELECT domain, text, total FROM dns_received_records ORDER BY domain, id")
        assert [*rows] == [("both.test", "file\n", 5), ("both.test", "more\n", 10), ("line.test", "one\n", 4)]


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
