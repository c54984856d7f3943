"""Dumps do not fill the disk: the oldest are deleted, and none is begun for which there is no room."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.conftest import call

from tholos.apply.readings import databases
from tholos.bootstrap import Engine
from tholos.jobs.databases import moving
from tholos.jobs.databases.dumps import KEPT

pytestmark = pytest.mark.thorough
DUMP = ("v-dump-database", "alice", "alice_shop")
STRANGERS = ["bob_shop_mysql_2020-01-01_00-00-00.sql", "alice_shop.sql", "alice.2020-01-01_00-00-00.tar", "notes"]


@pytest.fixture
def backup(town: Engine) -> Path:
    """The place of backups on a node where alice has a database, and others have put something there."""
    for line in (
        "v-change-sys-config-value DB_SYSTEM mysql",
        "v-add-database-host mysql localhost root socket",
        "v-add-database alice shop shop DbPass12345",
    ):
        assert call(town, *line.split()) == (0, "")
    place = town.applier.host.root / "backup"
    place.mkdir()
    for name in STRANGERS:
        (place / name).touch()
    return place


def old(backup: Path, database: str, count: int) -> list[str]:
    """Put so many dumps of another day there, the oldest first."""
    names = [f"{database}_mysql_2020-01-{day:02}_10-00-00.sql.gz" for day in range(1, count + 1)]
    for name in names:
        (backup / name).touch()
    return names


def test_the_newest_of_a_database_are_kept_and_all_that_is_not_ours(town: Engine, backup: Path) -> None:
    before = old(backup, "alice_shop", KEPT + 2)
    code, path = call(town, "v-dump-database", "alice", "alice_shop")
    assert code == 0, path
    kept = [*before[3:], Path(path.strip()).name]
    assert len(kept) == KEPT
    assert sorted(file.name for file in backup.iterdir()) == sorted([*kept, *STRANGERS])


def test_databases_that_are_gone_have_no_more_than_one(town: Engine, backup: Path) -> None:
    for number in range(3):
        old(backup, f"alice_gone{number}", KEPT)
    assert call(town, "v-dump-database", "alice", "alice_shop")[0] == 0
    assert len(list(backup.glob("alice_gone*"))) == KEPT
    assert len(list(backup.glob("alice_shop_mysql_*"))) == 1


def test_a_dump_for_which_there_is_no_room_is_not_begun(
    town: Engine, backup: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = old(backup, "alice_shop", KEPT + 2)
    monkeypatch.setattr(databases, "size", lambda _host, _server, _name: 1 << 60)
    code, said = call(town, "v-dump-database", "alice", "alice_shop")
    assert (code, "MB are free for the dump" in said) == (13, True)
    assert sorted(file.name for file in backup.iterdir()) == sorted([*before, *STRANGERS])


@pytest.mark.parametrize("engine_type", ["mysql", "pgsql"])
def test_what_takes_too_long_is_ended(town: Engine, monkeypatch: pytest.MonkeyPatch, engine_type: str) -> None:
    for line in (
        "v-change-sys-config-value DB_SYSTEM mysql,pgsql",
        f"v-add-database-host {engine_type} localhost root socket",
        f"v-add-database alice shop shop DbPass12345 {engine_type}",
    ):
        assert call(town, *line.split()) == (0, "")
    dump = town.applier.host.root / "home/alice/shop.sql"
    dump.parent.mkdir(parents=True, exist_ok=True)
    dump.write_text("SELECT SLEEP(1000000);\n")
    monkeypatch.setattr(moving, "MOST_HOURS", -1)
    for command in (("v-import-database", "alice", "alice_shop", "/home/alice/shop.sql"), DUMP):
        assert call(town, *command) == (17, "Error: it took longer than -1 hours\n")
    monkeypatch.undo()
    assert call(town, *DUMP)[0] == 0
