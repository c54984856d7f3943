"""A database that is being given away stays closed until its job has ended, whatever becomes of its account."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator

import pytest
from sqlalchemy import update
from tests.conftest import call

from tholos.bootstrap import Engine
from tholos.jobs.databases import insisting, leftovers
from tholos.jobs.databases.logins import Place
from tholos.jobs.kinds import database_owner
from tholos.jobs.run import Run
from tholos.jobs.state import JobState
from tholos.kernel.errors import DatabaseFailed, DiskFull, NoConnection
from tholos.kernel.job import CANCELLED, FAILED, jobs
from tholos.kernel.tx import Tx
from tholos.resources.database.owner import GiveAway, take_back

pytestmark = pytest.mark.thorough
GIVE = ("v-change-database-owner", "alice_shop")


class Copying:
    """A copy from one database to another that goes on when it is told to, and then ends well or not."""

    def __init__(self) -> None:
        self.begun, self.goes_on = threading.Event(), threading.Event()
        self.fails = False
        self.refusal: Exception = DatabaseFailed("no more room")
        self.answer: tuple[int, str] = (-1, "")

    def copy(self, run: Run, _old: Place, _new: Place) -> None:
        """Wait, and do nothing else."""
        self.begun.set()
        while not self.goes_on.wait(0.01):
            run.check()
        if self.fails:
            raise self.refusal


class Giving:
    """A call that gives a database away, in a thread of its own, while its copy is held."""

    def __init__(self, engine: Engine, copying: Copying, to: str = "bob") -> None:
        self.engine, self.copying, self.to = engine, copying, to
        self.answer: tuple[int, str] = (-1, "")
        self._thread = threading.Thread(target=self._call)
        self._thread.start()
        assert copying.begun.wait(60), self.answer

    def _call(self) -> None:
        self.answer = call(self.engine, *GIVE, self.to)

    def ends(self, *, well: bool) -> int:
        """Have the copy go on; give the call's exit code."""
        self.copying.fails = not well
        self.copying.goes_on.set()
        self._thread.join(60)
        return self.answer[0]

    def is_called_off(self) -> tuple[int, str]:
        """Wait for its end, which nobody else brings about; give what the call answers."""
        self._thread.join(60)
        return self.answer


@pytest.fixture
def shop(town: Engine) -> Engine:
    """A database of alice; bob may have databases too."""
    for line in (
        "v-unsuspend-user bob",
        "v-change-sys-config-value DB_SYSTEM mysql",
        "v-add-database-host mysql localhost root socket",
        "v-add-database alice shop shop DbPass12345",
        "v-add-database alice blog blog DbPass12345",
    ):
        assert call(town, *line.split()) == (0, "")
    return town


@pytest.fixture
def copying(monkeypatch: pytest.MonkeyPatch) -> Iterator[Copying]:
    """The copies of this test are held."""
    held = Copying()
    monkeypatch.setattr(database_owner, "copy", held.copy)
    yield held
    held.goes_on.set()


def shown(engine: Engine, account: str) -> dict[str, str]:
    """The databases of an account, and whether each is suspended."""
    found = json.loads(call(engine, "v-list-databases", account, "json")[1])
    return {name: each["SUSPENDED"] for name, each in found.items()}


def said(engine: Engine) -> list[str]:
    """What database servers were told."""
    return (engine.applier.host.root / "commands.log").read_text().splitlines()


def test_temporary_logins_end_before_anything_is_copied(shop: Engine, copying: Copying) -> None:
    made = json.loads(call(shop, "v-add-database-temp-user", "alice", "alice_shop")[1])["login"]["user"]
    giving = Giving(shop, copying)
    assert [line for line in said(shop) if f"ALTER USER `{made}`@`%%` ACCOUNT LOCK" in line]
    assert [line for line in said(shop) if f"KILL USER `{made}`" in line]
    assert giving.ends(well=True) == 0
    assert shown(shop, "bob") == {"bob_shop": "no"}


def test_it_is_not_opened_or_closed_while_it_is_copied(shop: Engine, copying: Copying) -> None:
    giving = Giving(shop, copying)
    for command in ("v-unsuspend-database", "v-suspend-database"):
        code, text = call(shop, command, "alice", "alice_shop")
        assert (code, "is working on database alice_shop" in text) == (7, True), text
    # Nothing would remember it: the job opens the database again when it fails.
    assert call(shop, "v-suspend-databases", "alice")[0] == 7
    assert call(shop, "v-unsuspend-database", "alice", "alice_blog")[0] == 6
    assert giving.ends(well=False) == 17
    assert shown(shop, "alice") == {"alice_shop": "no", "alice_blog": "no"}
    assert call(shop, "v-suspend-database", "alice", "alice_shop") == (0, "")
    assert call(shop, "v-unsuspend-database", "alice", "alice_shop") == (0, "")


@pytest.mark.parametrize("resume", ["v-unsuspend-user", "v-unsuspend-databases"])
def test_an_account_that_comes_back_leaves_it_closed(shop: Engine, copying: Copying, resume: str) -> None:
    giving = Giving(shop, copying)
    assert call(shop, "v-suspend-user", "alice") == (0, "")
    assert call(shop, "v-unsuspend-user", "alice") == (0, "")
    assert call(shop, resume, "alice") == (0, "")
    assert shown(shop, "alice") == {"alice_shop": "yes", "alice_blog": "no"}
    assert giving.ends(well=False) == 17
    assert shown(shop, "alice") == {"alice_shop": "no", "alice_blog": "no"}
    assert shown(shop, "bob") == {}


def test_a_job_that_fails_does_not_open_a_database_of_a_suspended_account(shop: Engine, copying: Copying) -> None:
    giving = Giving(shop, copying)
    assert call(shop, "v-suspend-user", "alice") == (0, "")
    assert giving.ends(well=False) == 17
    assert shown(shop, "alice") == {"alice_shop": "yes", "alice_blog": "yes"}
    assert call(shop, "v-unsuspend-user", "alice") == (0, "")
    assert shown(shop, "alice") == {"alice_shop": "no", "alice_blog": "no"}


def test_one_of_an_account_that_was_suspended_comes_back_with_it(shop: Engine, copying: Copying) -> None:
    assert call(shop, "v-suspend-user", "alice") == (0, "")
    giving = Giving(shop, copying)
    assert call(shop, "v-unsuspend-user", "alice") == (0, "")
    assert giving.ends(well=False) == 17
    assert shown(shop, "alice") == {"alice_shop": "no", "alice_blog": "no"}


def test_one_that_was_suspended_itself_stays_so(shop: Engine, copying: Copying) -> None:
    assert call(shop, "v-suspend-database", "alice", "alice_shop") == (0, "")
    assert Giving(shop, copying).ends(well=False) == 17
    assert shown(shop, "alice") == {"alice_shop": "yes", "alice_blog": "no"}


@pytest.mark.parametrize("line", ["v-suspend-database alice alice_shop", "v-suspend-user alice"])
def test_one_that_was_suspended_is_open_at_its_new_account(shop: Engine, copying: Copying, line: str) -> None:
    """The facts say so (effects of v-change-database-owner), as they do of sites."""
    assert call(shop, *line.split()) == (0, "")
    assert Giving(shop, copying).ends(well=True) == 0
    assert shown(shop, "bob") == {"bob_shop": "no"}
    counted = json.loads(call(shop, "v-list-user", "bob", "json")[1])["bob"]
    assert (counted["U_DATABASES"], counted["SUSPENDED_DB"]) == ("1", "0")


def test_an_account_that_is_suspended_meanwhile_gets_it_closed(shop: Engine, copying: Copying) -> None:
    giving = Giving(shop, copying)
    assert call(shop, "v-suspend-user", "bob") == (0, "")
    assert call(shop, "v-unsuspend-database", "bob", "bob_shop") == (0, "")
    assert giving.ends(well=True) == 0
    assert shown(shop, "bob") == {"bob_shop": "yes"}
    assert shown(shop, "alice") == {"alice_blog": "no"}


def test_one_that_has_a_number_anew_is_left_alone(shop: Engine, copying: Copying) -> None:
    """The new database is deleted while it is filled, and another account adds one."""
    for fails in (True, False):
        copying.begun.clear()
        copying.goes_on.clear()
        giving = Giving(shop, copying)
        assert call(shop, "v-delete-database", "bob", "bob_shop") == (0, "")
        assert call(shop, "v-add-database", "admin", "crm", "crm", "OthersPass123") == (0, "")
        assert giving.ends(well=not fails) == 3
        assert giving.answer == (3, "Error: the database was deleted meanwhile\n")
        assert shown(shop, "admin") == {"admin_crm": "no"}
        assert shown(shop, "alice") == {"alice_shop": "no", "alice_blog": "no"}
        assert call(shop, "v-delete-database", "admin", "admin_crm") == (0, "")


def test_the_old_one_may_be_deleted_meanwhile(shop: Engine, copying: Copying) -> None:
    giving = Giving(shop, copying)
    assert call(shop, "v-delete-database", "alice", "alice_shop") == (0, "")
    assert call(shop, "v-add-database", "alice", "shop", "shop", "OtherPass1234") == (0, "")
    assert giving.ends(well=True) == 3
    assert shown(shop, "alice") == {"alice_blog": "no", "alice_shop": "no"}
    assert shown(shop, "bob") == {}


TO_THE_NEW_ONE = (
    "v-import-database bob bob_shop /home/bob/x.sql",
    "v-dump-database bob bob_shop",
    "v-change-database-password bob bob_shop BobsPass1234",
    "v-add-database-temp-user bob bob_shop",
    "v-change-database-user bob bob_shop other OtherPass1234",
    "v-change-database-owner bob_shop admin",
)


def test_nobody_works_on_the_new_one_before_it_is_handed_over(shop: Engine, copying: Copying) -> None:
    """What is done to it would be lost with what it is filled with, or hinder that."""
    dump = shop.applier.host.root / "home/bob/x.sql"
    dump.parent.mkdir(parents=True, exist_ok=True)
    dump.write_text("SELECT 1;\n")
    giving = Giving(shop, copying)
    for line in TO_THE_NEW_ONE:
        code, text = call(shop, *line.split())
        assert (code, "is working on database bob_shop" in text) == (7, True), (line, text)
    assert giving.ends(well=True) == 0
    for line in TO_THE_NEW_ONE:
        assert call(shop, *line.replace("bob_shop other", "bob_shop last").split())[0] == 0, line


@pytest.mark.parametrize(
    ("line", "left"),
    [
        ("v-delete-database bob bob_shop", {"alice": {"alice_shop": "no", "alice_blog": "no"}, "bob": {}}),
        ("v-delete-database alice alice_shop", {"alice": {"alice_blog": "no"}, "bob": {}}),
        ("v-delete-databases alice", {"alice": {}, "bob": {}}),
        ("v-delete-user bob", {"alice": {"alice_shop": "no", "alice_blog": "no"}}),
        ("v-delete-user alice", {"bob": {}}),
    ],
)
def test_either_can_be_deleted_meanwhile(
    shop: Engine, copying: Copying, line: str, left: dict[str, dict[str, str]]
) -> None:
    giving = Giving(shop, copying)
    assert call(shop, *line.split()) == (0, "")
    # It is called off: a copy need not come to its end.
    assert giving.is_called_off() == (3, "Error: the database was deleted meanwhile\n")
    assert {account: shown(shop, account) for account in left} == left


AS_BEFORE = {"alice": {"alice_shop": "no", "alice_blog": "no"}, "bob": {}}
HALF = {"alice": {"alice_shop": "yes", "alice_blog": "no"}, "bob": {"bob_shop": "no"}}


def both(engine: Engine) -> dict[str, dict[str, str]]:
    return {account: shown(engine, account) for account in ("alice", "bob")}


class Down:
    """A server that cannot take anything back, the first few times."""

    def __init__(self, times: float) -> None:
        self.left = times

    def take_back(self, tx: Tx, asked: GiveAway, job: str) -> bool:
        """Take back what a job has begun."""
        self.left -= 1
        if self.left >= 0:
            raise NoConnection("the server has gone away")
        return take_back(tx, asked, job)


def test_a_server_that_is_down_is_waited_for(shop: Engine, copying: Copying, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(insisting, "AGAIN", 0.0)
    monkeypatch.setattr(database_owner, "take_back", Down(2).take_back)
    assert Giving(shop, copying).ends(well=False) == 17
    assert both(shop) == AS_BEFORE


def test_a_full_disk_is_waited_for_although_nothing_can_be_logged(
    shop: Engine, copying: Copying, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(insisting, "AGAIN", 0.0)
    monkeypatch.setattr(database_owner, "take_back", Down(2).take_back)
    log = Run.log

    def say(run: Run, line: str) -> None:
        if line.startswith("trying again"):
            raise DiskFull("no space left on the device")
        log(run, line)

    monkeypatch.setattr(Run, "log", say)
    assert Giving(shop, copying).ends(well=False) == 17
    assert both(shop) == AS_BEFORE


def test_a_fault_leaves_as_little_as_a_refusal(shop: Engine, copying: Copying) -> None:
    copying.refusal = OSError(28, "No space left on device")
    assert Giving(shop, copying).ends(well=False) == 1
    assert both(shop) == AS_BEFORE


@pytest.fixture
def half(shop: Engine, copying: Copying, monkeypatch: pytest.MonkeyPatch) -> Engine:
    """The server was down for so long that the job has ended before."""
    monkeypatch.setattr(insisting, "PATIENCE", -1.0)
    monkeypatch.setattr(database_owner, "take_back", Down(float("inf")).take_back)
    giving = Giving(shop, copying)
    assert giving.ends(well=False) == 20
    assert giving.answer[1].endswith("which is tried every hour :: the server has gone away\n")
    assert both(shop) == HALF
    monkeypatch.setattr(database_owner, "take_back", take_back)
    return shop


def sweep(engine: Engine) -> None:
    state = JobState(engine.writer, engine.dispatcher.machine, engine.dispatcher.vault)
    leftovers.sweep(state, engine.applier.host, engine.directory / "jobs")


@pytest.mark.parametrize("became", [FAILED, CANCELLED])
def test_what_no_job_has_taken_back_is_taken_back_later(half: Engine, became: str) -> None:
    def become(tx: Tx) -> None:
        tx.execute(update(jobs).values(state=became))

    state = JobState(half.writer, half.dispatcher.machine, half.dispatcher.vault)
    state.change(become)
    sweep(half)
    assert both(half) == AS_BEFORE
    # It is over: what is decided from now on stays.
    assert call(half, "v-suspend-database", "alice", "alice_shop") == (0, "")
    sweep(half)
    assert shown(half, "alice")["alice_shop"] == "yes"


def test_what_another_job_works_on_is_left_to_it(half: Engine, copying: Copying) -> None:
    copying.begun.clear()
    copying.goes_on.clear()
    assert call(half, "v-add-user", "carol", "Pass12345", "carol@example.org") == (0, "")
    giving = Giving(half, copying, "carol")
    sweep(half)
    assert both(half) == HALF
    assert giving.ends(well=True) == 0
    assert shown(half, "carol") == {"carol_shop": "no"}
    sweep(half)
    assert both(half) == {"alice": {"alice_blog": "no"}, "bob": {}}


def test_a_namesake_of_what_was_left_is_somebody_elses(half: Engine) -> None:
    for line in (
        "v-delete-database bob bob_shop",
        "v-change-user-config-value bob DATABASES 5",
        "v-add-database bob shop shop BobsPass1234",
    ):
        assert call(half, *line.split()) == (0, "")
    sweep(half)
    assert shown(half, "bob") == {"bob_shop": "no"}
