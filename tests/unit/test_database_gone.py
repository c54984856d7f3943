"""A job whose database is deleted meanwhile ends, and leaves alone whoever has its number or its name by then."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Protocol

import pytest
from sqlalchemy import update
from tests.conftest import call
from tests.waiting import until

from tholos.bootstrap import Engine
from tholos.jobs.databases import insisting, leftovers, moving
from tholos.jobs.kinds import database_dump, database_import
from tholos.jobs.run import Run
from tholos.jobs.state import JobState
from tholos.kernel.errors import DatabaseFailed, NoConnection
from tholos.kernel.tx import Tx
from tholos.resources.database.model import databases

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


class Waits(Protocol):
    """A part of a job that waits until it is told to go on."""

    begun: threading.Event
    goes_on: threading.Event


class Working:
    """A call whose job is held, in a thread of its own."""

    def __init__(self, engine: Engine, held: Waits, line: tuple[str, ...]) -> None:
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


@pytest.mark.parametrize("database", ["alice_shop", "alice_geo"])
def test_an_import_ends_with_its_database_and_leaves_its_namesake_alone(
    shop: Engine, loading: Held, database: str
) -> None:
    engine = "mysql" if database == "alice_shop" else "pgsql"
    if engine == "pgsql":
        assert call(shop, "v-add-database", "alice", "geo", "geo", "DbPass12345", engine) == (0, "")
    working = Working(shop, loading, (*IMPORT[:2], database, IMPORT[3]))
    assert call(shop, "v-delete-database", "alice", database) == (0, "")
    assert working.is_called_off() == GONE
    until(lambda: [line for line in told(shop) if "DROP DATABASE IF EXISTS" in line and database in line])
    short = database.removeprefix("alice_")
    assert call(shop, "v-add-database", "alice", short, short, "NewPass12345", engine) == (0, "")
    assert [line for line in told(shop) if "CREATE DATABASE" in line and database in line][1:]
    assert not [line for line in told(shop) if line.startswith("sandbox") and "/mariadb " in line]
    assert kept(shop) == []


class Filling:
    """Where a database is filled: loading a dump fails, and putting back what was there waits."""

    def __init__(self) -> None:
        self.begun, self.goes_on = threading.Event(), threading.Event()
        self.times = 0

    def load(self, *_: object) -> None:
        """Its owner was disconnected, as when he is suspended."""
        raise DatabaseFailed("Lost connection to server during query")

    def fill(self, *_: object) -> None:
        """Wait; the first time it is for nothing."""
        self.begun.set()
        assert self.goes_on.wait(60)
        self.times += 1
        if self.times == 1:
            raise NoConnection("the server has gone away")


@pytest.fixture
def filling(monkeypatch: pytest.MonkeyPatch) -> Iterator[Filling]:
    """How databases are filled in this test."""
    held = Filling()
    monkeypatch.setattr(database_import, "load", held.load)
    monkeypatch.setattr(insisting, "AGAIN", 0.0)
    monkeypatch.setattr(moving, "_Loader", lambda *_: None)
    monkeypatch.setattr(moving, "_fill", held.fill)
    yield held
    held.goes_on.set()


def locked(engine: Engine, login: str) -> int:
    """How often a login was locked."""
    return len([line for line in told(engine) if f"`{login}`@" in line and "ACCOUNT LOCK" in line])


def test_nobody_gets_in_or_hinders_it_while_what_was_there_is_put_back(shop: Engine, filling: Filling) -> None:
    guest = json.loads(call(shop, "v-add-database-temp-user", "alice", "alice_shop")[1])["login"]["user"]
    working = Working(shop, filling, IMPORT)
    assert (locked(shop, guest), kept(shop) != []) == (1, True)
    # Else the job's own programs would be disconnected, again and again.
    assert call(shop, "v-suspend-user", "alice") == (0, "")
    assert call(shop, "v-rebuild-database", "alice", "alice_shop") == (0, "")
    assert call(shop, "v-unsuspend-user", "alice") == (0, "")
    assert call(shop, "v-suspend-database", "alice", "alice_shop") == (0, "")
    assert locked(shop, "alice_shop") == 0
    code, text = working.ends()
    assert (code, "Lost connection" in text, filling.times) == (17, True, 2), text
    assert (locked(shop, "alice_shop"), kept(shop)) == (1, [])
    assert call(shop, "v-unsuspend-database", "alice", "alice_shop") == (0, "")


def test_nothing_is_put_back_into_a_namesake(shop: Engine, filling: Filling) -> None:
    working = Working(shop, filling, IMPORT)
    assert call(shop, "v-delete-user", "alice") == (0, "")
    assert call(shop, "v-add-user", "alice", "OtherPass123", "new@example.org") == (0, "")
    assert call(shop, "v-add-database", "alice", "shop", "shop", "OtherPass123") == (0, "")
    before = len(told(shop))
    assert working.ends() == GONE
    assert (filling.times, kept(shop)) == (1, [])
    assert not [line for line in told(shop)[before:] if "alice_shop" in line and "DROP" not in line]


def test_a_database_that_its_job_has_left_is_given_back(shop: Engine) -> None:
    state = JobState(shop.writer, shop.dispatcher.machine, shop.dispatcher.vault)
    left = shop.directory / "jobs" / "0123456789ab"
    left.mkdir(parents=True)

    def lend(tx: Tx) -> None:
        tx.execute(update(databases).values(lent_hash="*00"))

    state.change(lend)
    assert call(shop, "v-suspend-database", "alice", "alice_shop") == (0, "")
    assert locked(shop, "alice_shop") == 0
    leftovers.sweep(state, shop.applier.host, shop.directory / "jobs")
    assert (locked(shop, "alice_shop"), left.exists()) == (1, False)
