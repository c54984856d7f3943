"""A job whose database is deleted meanwhile ends, and leaves alone whoever has its number or its name by then."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.conftest import call

from tholos.bootstrap import Engine
from tholos.jobs.databases import moving
from tholos.jobs.kinds import database_dump, database_import
from tholos.jobs.run import Run

pytestmark = pytest.mark.thorough
GONE = (3, "Error: the database was deleted meanwhile\n")
DUMP = ("v-dump-database", "alice", "alice_shop")
IMPORT = ("v-import-database", "alice", "alice_shop", "/home/alice/x.sql")


class Held:
    """A part of a job that waits until it is told to go on; being called off ends it, as it ends a program."""

    def __init__(self, then: Callable[..., None]) -> None:
        self.begun, self.goes_on = threading.Event(), threading.Event()
        self._then = then

    def __call__(self, run: Run, *arguments: object) -> None:
        """Wait, then go on."""
        self.begun.set()
        while not self.goes_on.wait(0.01):
            run.check()
        self._then(run, *arguments)


class Working:
    """A call whose job is held, in a thread of its own."""

    def __init__(self, engine: Engine, held: Held, line: tuple[str, ...]) -> None:
        self.answer: tuple[int, str] = (-1, "")
        self._engine, self._held, self._line = engine, held, line
        self._thread = threading.Thread(target=self._call)
        self._thread.start()
        assert held.begun.wait(60), self.answer

    def _call(self) -> None:
        self.answer = call(self._engine, *self._line)

    def ends(self) -> tuple[int, str]:
        """Have it go on; give what the call answers."""
        self._held.goes_on.set()
        return self.is_called_off()

    def is_called_off(self) -> tuple[int, str]:
        """Wait for its end, which nobody else brings about; give what the call answers."""
        self._thread.join(60)
        return self.answer


@pytest.fixture
def shop(town: Engine) -> Engine:
    """A database of alice, with a dump that can be loaded into it; servers of both kinds."""
    for line in (
        "v-change-sys-config-value DB_SYSTEM mysql,pgsql",
        "v-add-database-host mysql localhost root socket",
        "v-add-database-host pgsql localhost postgres socket",
        "v-add-database alice shop shop DbPass12345",
    ):
        assert call(town, *line.split()) == (0, "")
    dump = town.applier.host.root / "home/alice/x.sql"
    dump.parent.mkdir(parents=True, exist_ok=True)
    dump.write_text("SELECT 1;\n")
    return town


@pytest.fixture
def dumping(monkeypatch: pytest.MonkeyPatch) -> Iterator[Held]:
    """Dumps of this test are held before anything is read."""
    held = Held(lambda *_: None)
    monkeypatch.setattr(database_dump, "require_room", held)
    yield held
    held.goes_on.set()


@pytest.fixture
def loading(monkeypatch: pytest.MonkeyPatch) -> Iterator[Held]:
    """Imports of this test are held when their dump is about to be loaded."""
    held = Held(moving.load)
    monkeypatch.setattr(database_import, "load", held)
    yield held
    held.goes_on.set()


def told(engine: Engine) -> list[str]:
    """What servers and programs were told."""
    return (engine.applier.host.root / "commands.log").read_text().splitlines()


def kept(engine: Engine) -> list[Path]:
    """What jobs keep for themselves."""
    place = engine.directory / "jobs"
    return [*place.iterdir()] if place.exists() else []


def test_numbers_are_not_given_again(shop: Engine, dumping: Held) -> None:
    working = Working(shop, dumping, DUMP)
    assert call(shop, "v-delete-database", "alice", "alice_shop") == (0, "")
    assert call(shop, "v-add-database", "admin", "crm", "crm", "AdminsPass1234") == (0, "")
    assert working.ends() == GONE
    assert not [line for line in told(shop) if "mariadb-dump" in line and "admin_crm" in line]
    assert [*(shop.applier.host.root / "backup").iterdir()] == []


def test_a_namesake_is_not_dumped_for_who_had_the_name(shop: Engine, dumping: Held) -> None:
    working = Working(shop, dumping, DUMP)
    for line in (
        "v-delete-user alice",
        "v-add-user alice OtherPass123 new@example.org",
        "v-add-database alice shop shop OtherPass123",
    ):
        assert call(shop, *line.split()) == (0, "")
    assert working.ends() == GONE
    assert [*(shop.applier.host.root / "backup").iterdir()] == []


@pytest.mark.parametrize("database", ["alice_shop", "alice_geo"])
def test_its_login_stays_while_a_job_works_on_it(shop: Engine, loading: Held, database: str) -> None:
    """On MariaDB the job is logged in with it, on PostgreSQL it would wait for all that the job holds."""
    assert call(shop, "v-add-database", "alice", "geo", "geo", "DbPass12345", "pgsql") == (0, "")
    working = Working(shop, loading, (*IMPORT[:2], database, IMPORT[3]))
    code, text = call(shop, "v-change-database-user", "alice", database, "new", "NewPass12345")
    assert (code, f"is working on database {database}" in text) == (7, True), text
    assert call(shop, "v-change-database-password", "alice", database, "NewPass12345") == (0, "")
    assert working.ends() == (0, "")
    assert call(shop, "v-change-database-user", "alice", database, "new", "NewPass12345") == (0, "")
