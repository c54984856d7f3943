"""The engine is killed at every point of every kind of change; what is there afterwards is all or nothing."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from tests.conftest import call, new_engine
from tests.crashing import NEVER, drift, dying, one_of_each, restart, work

from tholos.apply.journal import Journal
from tholos.apply.reconcile import purge
from tholos.bootstrap import ROOT, Engine
from tholos.kernel import passwords

pytestmark = pytest.mark.thorough

Calls = tuple[tuple[str, ...], ...]
USER: Calls = (("v-add-user", "alice", "Pass12345", "alice@example.org"),)
SITE: Calls = (("v-add-web-domain", "alice", "alice.test"),)
ZONE: Calls = (("v-add-dns-domain", "alice", "alice.test", "198.18.0.1"),)
CHANGES: dict[str, tuple[Calls, Calls]] = {
    "add a user": ((), USER),
    "change a user": (USER + SITE, (("v-suspend-user", "alice"),)),
    "delete a user": (USER + SITE, (("v-delete-user", "alice"),)),
    "add a site": (USER, SITE),
    "change a site": (USER + SITE, (("v-suspend-web-domain", "alice", "alice.test"),)),
    "delete a site": (USER + SITE, (("v-delete-web-domain", "alice", "alice.test"),)),
    "add a zone": (USER, ZONE),
    "change a zone": (USER + ZONE, (("v-add-dns-record", "alice", "alice.test", "new", "A", "192.0.2.1"),)),
    "delete a zone": (USER + ZONE, (("v-delete-dns-domain", "alice", "alice.test"),)),
}
Picture = tuple[dict[str, object], dict[str, object]]


ROWS = (
    "select id, name, suspended, password_hash from accounts order by id",
    "select account, domain, ip, suspended from web_domains order by domain",
    "select alias, domain_id from web_aliases order by alias",
    "select account, zone, serial, suspended from dns_domains order by zone",
    "select domain_id, number, record, type, value from dns_records order by domain_id, number",
    "select account, message from history order by account, number",
    "select command, arguments from audit order by id",
    "select path from purges order by path",
)
STRIDE = 1 if os.environ.get("THOLOS_EVERY_POINT") else 17
"""One point of every kind is tried, and every seventeenth, at another offset for each change."""


@pytest.fixture(autouse=True)
def known_hash(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hashes without salt, so that two runs leave the same files; and they cost nothing."""
    monkeypatch.setattr(passwords, "hash_password", lambda password: f"$y$j9T$salt${password}")


def opened(directory: Path, do: Callable[[Engine], None]) -> None:
    """Open the engine of a directory, do something, and close it."""
    engine = new_engine(directory)
    try:
        do(engine)
    finally:
        engine.stop()


def picture(directory: Path) -> Picture:
    """The state and the machine: what was there before a change must be there after it was undone."""
    files: dict[str, object] = {
        str(path.relative_to(directory)): (path.lstat().st_mode, _content(path))
        for path in sorted((directory / "host").rglob("*"))
        if path.name != "commands.log"
    }
    return _rows(directory), files


def _content(path: Path) -> object:
    if path.is_symlink():
        return path.readlink()
    return path.read_bytes() if path.is_file() else None


def _rows(directory: Path) -> dict[str, object]:
    with closing(sqlite3.connect(directory / "state" / "state.db")) as connection:
        return {query: connection.execute(query).fetchall() for query in ROWS}


@pytest.fixture
def memory() -> Iterator[Path]:
    """A directory in memory where there is one: a killed process loses nothing that it wrote, wherever that is."""
    place = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    with TemporaryDirectory(dir=place) as directory:
        yield Path(directory)


def copy(source: Path, target: Path) -> Path:
    """A fresh copy of a node."""
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(source, target, symlinks=True)
    return target


def in_child(do: Callable[[Callable[[int], None]], None]) -> tuple[bool, int]:
    """Do something in a process of its own that may die; give whether it survived, and what it told last."""
    reading, writing = os.pipe()
    told = os.fdopen(writing, "w")
    child = os.fork()
    if child == 0:
        code = 1
        try:
            do(lambda number: print(number, file=told, flush=True))
            code = 0
        finally:
            os._exit(code)
    told.close()
    with os.fdopen(reading) as heard:
        last = heard.read().split()[-1:]
    status = os.waitpid(child, 0)[1]
    assert os.WIFSIGNALED(status) or os.waitstatus_to_exitcode(status) == 0, "the child failed otherwise"
    return os.WIFEXITED(status), int(last[0]) if last else 0


def prepared(seeded: Path, directory: Path, before: Calls, change: Calls) -> tuple[Path, Picture, Picture]:
    """A node before the change, and the two pictures that a crash may leave."""
    base = copy(seeded, directory / "base")
    opened(base, lambda engine: _run(engine, before))
    done = copy(base, directory / "done")
    opened(done, lambda engine: _run(engine, change))
    return base, picture(base), picture(done)


def _run(engine: Engine, calls: Calls) -> None:
    engine.writer.start()
    for values in calls:
        assert call(engine, *values) == (0, "")
    purge(engine.writer, engine.dispatcher.context(ROOT, "127.0.0.1"))


def check(node: Path, answered: int, old: Picture, new: Picture) -> None:
    """After a restart: all or nothing, all if it was answered, the machine as the state, and nothing of ours beside."""

    def look(engine: Engine) -> None:
        restart(engine)
        assert drift(engine) == ()

    opened(node, look)
    found = picture(node)
    expected = new if answered or found[0] == new[0] else old
    assert _differences(found, expected) == []
    assert [path for path in node.rglob("*") if path.name.startswith(".tholos-")] == []
    assert Journal(node / "state").pending() is None


def _differences(found: Picture, expected: Picture) -> list[object]:
    """What differs, to be read when a test fails."""
    both = [(one, other) for one, other in zip(found, expected, strict=True) if one != other]
    return [sorted(one.items() ^ other.items(), key=str) if isinstance(one, dict) else one for one, other in both]


def killed_at(base: Path, node: Path, calls: Calls, point: int) -> tuple[bool, int]:
    """Carry out calls on a copy of a node, killed at a point; give whether it survived and how many were answered."""
    copy(base, node)

    def act(tell: Callable[[int], None]) -> None:
        engine = new_engine(node)
        with dying(point):
            work(engine, calls, tell)

    return in_child(act)


@pytest.mark.parametrize("change", CHANGES)
def test_killed_at_every_point_it_is_all_or_nothing(change: str, seeded: Path, memory: Path) -> None:
    before, calls = CHANGES[change]
    base, old, new = prepared(seeded, memory, before, calls)
    answers, kinds = points_of(base, memory / "counted", calls)
    regular = range(1 + list(CHANGES).index(change) % STRIDE, len(kinds) + 1, STRIDE)
    for point in sorted({*regular, *one_of_each(kinds)}):
        survived, answered = killed_at(base, memory / "node", calls, point)
        assert not survived
        assert answered == (1 if point > answers else 0)
        check(memory / "node", answered, old, new)
    assert killed_at(base, memory / "node", calls, len(kinds) + 1) == (True, 1)


def test_killed_while_it_recovers_from_being_killed(seeded: Path, memory: Path) -> None:
    before, calls = CHANGES["change a user"]
    base, old, _ = prepared(seeded, memory, before, calls)
    half = points_of(base, memory / "counted", calls)[0] * 2 // 3
    first, node = memory / "first", memory / "node"
    assert killed_at(base, first, calls, half) == (False, 0)
    survived, point = False, 0
    while not survived:
        point += 1 if STRIDE == 1 else 2
        copy(first, node)

        def recovering(_tell: Callable[[int], None], point: int = point) -> None:
            engine = new_engine(node)
            with dying(point):
                restart(engine)

        survived, _ = in_child(recovering)
        check(node, 0, old, old)
    assert point > 10


def points_of(base: Path, node: Path, calls: Calls) -> tuple[int, list[str]]:
    """How many points a change passes until it is answered, and the kinds of all."""
    passed: list[int] = []
    kinds: list[str] = []

    def count(engine: Engine) -> None:
        with dying(NEVER) as points:
            work(engine, calls, lambda _number: passed.append(points.passed))
        kinds.extend(points.kinds)

    opened(copy(base, node), count)
    return passed[0], kinds
