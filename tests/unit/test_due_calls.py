"""Calls for a time to come: made then, once, whatever happens to the engine or to a server in between."""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from sqlalchemy import func, select, text, update
from tests.conftest import call, copied, copy, new_engine, started
from tests.crashing import dying
from tests.waiting import until

from tholos.apply.sql.recorded import Recorded
from tholos.apply.writer import Committed, Work
from tholos.bootstrap import ROOT, Engine
from tholos.jobs import due
from tholos.kernel.due import DueCall, call_later, due_calls, forget_call, waiting_calls
from tholos.kernel.errors import NoConnection
from tholos.kernel.tx import State, Tx
from tholos.resources.database.model import database_guests

ADD = ("v-add-database-temp-user", "alice", "alice_shop", "mysql", "localhost", "5")


@pytest.fixture
def shop(town: Engine) -> Engine:
    """A database of alice."""
    for line in (
        "v-change-sys-config-value DB_SYSTEM mysql",
        "v-add-database-host mysql localhost root socket",
        "v-add-database alice shop shop DbPass12345",
    ):
        assert call(town, *line.split()) == (0, "")
    return town


def guest(engine: Engine) -> str:
    """Make a login for a while; give its name."""
    code, said = call(engine, *ADD)
    assert code == 0
    return str(json.loads(said)["login"]["user"])


def change(engine: Engine, do: Callable[[Tx], object]) -> None:
    engine.writer.submit(Work(do, engine.dispatcher.context(ROOT, "127.0.0.1"))).result()


def make_due(engine: Engine, seconds_ago: int = 1) -> None:
    """The time of all calls has come."""
    change(engine, lambda tx: tx.execute(update(due_calls).values(at=int(time.time()) - seconds_ago)))


def counts(engine: Engine) -> tuple[int, int]:
    """How many logins for a while and how many calls for later there are."""
    with engine.store.reading() as connection:
        guests, calls = (
            connection.execute(select(func.count()).select_from(table)).scalar()
            for table in (database_guests, due_calls)
        )
    return int(guests or 0), int(calls or 0)


def until_all_is_made(engine: Engine) -> None:
    """Wait until there is neither a login nor a call left."""
    until(lambda: counts(engine), right=lambda left: left == (0, 0))


def test_a_login_is_taken_away_in_its_time_and_not_before(shop: Engine) -> None:
    begun = int(time.time())
    login = guest(shop)
    # A look by hand, for nobody can tell when the thread has had its own.
    assert shop.due._round() > 0
    assert counts(shop) == (1, 1)
    with shop.store.reading() as connection:
        (waiting,) = waiting_calls(State(connection, shop.dispatcher.context(ROOT, "127.0.0.1")))
    assert begun <= waiting.at - 300 <= time.time() + 1
    make_due(shop)
    until_all_is_made(shop)
    assert f"ALTER USER `{login}`@`%%` ACCOUNT LOCK" in (shop.applier.host.root / "commands.log").read_text()


def test_what_became_due_while_no_engine_ran_is_made_at_the_next_start(shop: Engine) -> None:
    guest(shop)
    shop.due.stop()
    make_due(shop, 3600)
    with copied(shop.directory.parent) as next_one:
        until_all_is_made(next_one)
    assert counts(shop) == (1, 1)


def test_a_server_that_is_down_is_tried_again_and_holds_no_other_call_up(
    shop: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(due, "pause", lambda failures: 0.05 * failures)
    guest(shop)
    run = Recorded.run
    tries: list[str] = []

    def down(self: Recorded, server: str, *arguments: object, **named: object) -> object:
        if len(tries) < 3:
            tries.append(server)
            raise NoConnection(f"{server} can't be reached")
        return run(self, server, *arguments, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(Recorded, "run", down)
    change(shop, lambda tx: call_later(tx, 0, "v-change-user-contact", "alice", "later@example.org"))
    make_due(shop)
    until_all_is_made(shop)
    assert tries == ["mysql/localhost"] * 3
    assert "later@example.org" in call(shop, "v-list-user", "alice", "json")[1]


def test_a_call_about_what_is_gone_is_forgotten(shop: Engine) -> None:
    change(shop, lambda tx: call_later(tx, 0, "v-delete-database", "alice", "alice_nosuch"))
    until_all_is_made(shop)


def test_a_call_that_was_put_off_since_it_was_read_is_not_made(town: Engine) -> None:
    """The new one has the number of the old one, which the thread of due calls may have read just before."""
    contact = ("v-change-user-contact", "alice", "later@example.org")
    town.due.stop()
    change(town, lambda tx: call_later(tx, -5, *contact))
    (late,) = waiting_of(town)

    def put_off(tx: Tx) -> None:
        forget_call(tx, *contact)
        call_later(tx, 600, *contact)

    change(town, put_off)
    (new,) = waiting_of(town)
    assert new.id == late.id
    town.make_due(late)
    assert waiting_of(town) == [new]
    assert "later@example.org" not in call(town, "v-list-user", "alice", "json")[1]


def waiting_of(engine: Engine) -> list[DueCall]:
    with engine.store.reading() as connection:
        return list(waiting_calls(State(connection, engine.dispatcher.context(ROOT, "127.0.0.1"))))


def test_what_is_deleted_before_its_time_is_called_for_no_more(shop: Engine) -> None:
    login = guest(shop)
    assert call(shop, "v-delete-database-temp-user", "alice", "alice_shop", login) == (0, "")
    assert counts(shop) == (0, 0)


@pytest.fixture
def asleep(shop: Engine) -> Iterator[Path]:
    """The directory of a node whose engine does not run, with a call that is due."""
    shop.due.stop()
    guest(shop)
    make_due(shop)
    yield shop.directory.parent


def killed_at(directory: Path, point: int) -> bool:
    """Make the due call in a process that is killed at a point; tell whether it survived."""
    child = os.fork()
    if child == 0:
        engine = new_engine(directory)
        engine.writer.start()
        with engine.store.reading() as connection:
            waiting = waiting_calls(State(connection, engine.dispatcher.context(ROOT, "127.0.0.1")))
        with dying(point):
            for each in waiting:
                engine.make_due(each)
        os._exit(0)
    status = os.waitpid(child, 0)[1]
    if os.WIFSIGNALED(status):
        assert os.WTERMSIG(status) == signal.SIGKILL
        return False
    assert status == 0
    return True


@pytest.mark.thorough
def test_killed_at_every_point_it_is_made_once(asleep: Path) -> None:
    """The row and the login end together; what is left is done by the next start."""
    point = 1
    while True:
        with TemporaryDirectory() as name:
            node = copy(asleep, Path(name, "node"))
            survived = killed_at(node, point)
            idle = new_engine(node)
            left = counts(idle)
            idle.store.close()
            assert left in ((1, 1), (0, 0)), f"point {point}"
            with started(node) as engine:
                until_all_is_made(engine)
                with engine.store.reading() as connection:
                    made = connection.exec_driver_sql(
                        "select count(*) from audit where command = 'v-delete-database-temp-user'"
                    ).scalar()
            assert made == 1, f"point {point}"
        if survived:
            assert point > 3
            return
        point += 1


def test_a_commit_wakes_only_those_whom_it_concerns(shop: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[Committed] = []
    monkeypatch.setattr(shop.writer, "after_commit", seen.append)
    assert call(shop, "v-change-user-contact", "alice", "new@example.org") == (0, "")
    guest(shop)
    assert call(shop, "v-delete-database", "alice", "alice_shop") == (0, "")
    change(shop, lambda tx: tx.execute(text("UPDATE due_calls SET at = 1")))
    contact, added, deleted, unknown = seen
    assert not contact.concerns("due_calls") and not contact.leaves
    assert added.concerns("due_calls") and not added.leaves
    assert deleted.concerns("due_calls") and deleted.leaves
    assert unknown.concerns("due_calls") and unknown.concerns("jobs")
