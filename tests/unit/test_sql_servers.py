"""Database servers that do not answer: nobody waits long, nobody waits twice, and a server that is back is found."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import closing
from time import monotonic, sleep

import pytest
from tests.waiting import until

from tholos.apply.sql import down, servers
from tholos.apply.sql.down import Down
from tholos.apply.sql.place import Connection, Place, Rows, encoded, path_of
from tholos.apply.sql.retired import Retired
from tholos.apply.sql.servers import Servers
from tholos.apply.sql.watch import Watch
from tholos.apply.steps import Statement
from tholos.kernel.errors import DatabaseFailed, NoConnection

ASK = [Statement("SELECT 1")]


@pytest.fixture
def silent() -> Iterator[int]:
    """The port of a server that takes connections and says nothing."""
    with closing(socket.create_server(("127.0.0.1", 0))) as listening:
        yield int(listening.getsockname()[1])


def test_a_server_is_known_by_a_file_of_before_a_release() -> None:
    old = b'{"engine": "mysql", "host": "localhost", "port": 3306, "login": "root"}'
    with closing(Servers(lambda _path: old)) as known:
        assert known._is_known(Place("mysql", "localhost", 3306, "root"))
        assert not known._is_known(Place("mysql", "localhost", 3306, "root", out_of_service=True))


def never(_place: Place, _database: str = "") -> Connection:
    """Nobody connects."""
    raise AssertionError("tried again")


@pytest.mark.thorough
@pytest.mark.parametrize("engine", ["mysql", "pgsql"])
def test_a_silent_server_is_waited_for_once(engine: str, silent: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(down, "AGAIN", 600.0)
    place = Place(engine, "127.0.0.1", silent, "root", "secret")
    with closing(Servers(lambda _path: encoded(place))) as tried:
        start = monotonic()
        with pytest.raises(NoConnection) as first:
            tried.run(place.name, ASK)
        assert monotonic() - start < 60
        monkeypatch.setattr(servers, "connect", never)
        with pytest.raises(NoConnection) as second:
            tried.run(place.name, ASK)
    assert first.value.code == 15
    assert first.value.text == second.value.text
    assert "secret" not in first.value.text


def test_nobody_keeps_in_mind_what_refuses_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as listening:
        port = int(listening.getsockname()[1])
    place = Place("mysql", "127.0.0.1", port, "root")
    tries: list[Place] = []
    connect = servers.connect

    def counted(place: Place, database: str = "") -> Connection:
        tries.append(place)
        return connect(place, database)

    monkeypatch.setattr(servers, "connect", counted)
    monkeypatch.setattr(servers, "SLOW", 60.0)
    with closing(Servers(lambda _path: encoded(place))) as tried:
        for _ in range(2):
            with pytest.raises(NoConnection):
                tried.run(place.name, ASK)
    assert len(tries) == 2


def test_what_is_down_is_tried_by_a_thread_of_its_own_until_it_is_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(down, "AGAIN", 0.01)
    back, tried = threading.Event(), threading.Event()

    def reach(place: Place) -> None:
        tried.set()
        if not back.is_set():
            raise NoConnection("no")

    place = Place("mysql", "db.example.org", 3306, "root")
    marked = Down(reach)
    marked.require_up(place)
    marked.mark(place, "it hangs")
    assert tried.wait(60)
    with pytest.raises(NoConnection, match="it hangs"):
        marked.require_up(place)
    back.set()

    def is_up() -> bool:
        try:
            marked.require_up(place)
        except NoConnection:
            return False
        return True

    until(is_up)


class Kept:
    """A connection that stays open until it is closed."""

    def __init__(self, place: Place) -> None:
        self.name = place.name
        self.open = True

    def rows(self, _text: str, _values: tuple[str, ...], _seconds: float) -> Rows:
        """Answer with nothing."""
        return []

    def is_open(self) -> bool:
        """Tell whether it is."""
        return self.open

    def close(self) -> None:
        """End it."""
        self.open = False


def test_no_connection_to_a_forgotten_server_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[Kept] = []

    def connected(place: Place, _database: str = "") -> Connection:
        made.append(Kept(place))
        return made[-1]

    monkeypatch.setattr(servers, "connect", connected)
    places = {f"mysql/{host}": Place("mysql", host, 3306, "root") for host in ("one", "two")}
    by_path = {path_of(name): encoded(place) for name, place in places.items()}
    with closing(Servers(by_path.get)) as tried:
        for name in places:
            tried.run(name, ASK)
        tried.forget("mysql/one")
        assert [(each.name, each.open) for each in made] == [("mysql/one", False), ("mysql/two", True)]


class Answering(Kept):
    """A connection to a server that says of itself whether it is only read; it notes everything else."""

    def __init__(self, place: Place, said: Rows | None, told: list[str]) -> None:
        super().__init__(place)
        self._said, self._told = said, told

    def rows(self, text: str, _values: tuple[str, ...], _seconds: float) -> Rows:
        """Answer with what it says of itself."""
        if "read_only" not in text:
            self._told.append(text)
            return []
        if self._said is None:
            raise DatabaseFailed("unknown system variable")
        return self._said


@pytest.mark.parametrize(
    ("engine", "said", "marked", "reached"),
    [
        ("mysql", [(1, 0)], True, False),
        ("mysql", [("NO_LOCK", 0)], True, False),
        ("mysql", [(0, 1)], True, False),
        ("pgsql", [("on",)], True, False),
        ("mysql", [(0, 0)], True, True),
        ("mysql", [("OFF", 0)], True, True),
        ("mysql", None, True, True),
        ("pgsql", [("off",)], True, True),
        ("mysql", [(1, 1)], False, True),
        ("pgsql", [("on",)], False, True),
    ],
)
def test_one_that_is_out_of_service_and_only_read_is_as_good_as_down(
    engine: str, said: Rows | None, marked: bool, reached: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []
    monkeypatch.setattr(servers, "connect", lambda place, _database="": Answering(place, said, told))
    place = Place(engine, "db.example.org", 3306, "root", out_of_service=marked)
    with closing(Servers(lambda _path: encoded(place))) as tried:
        for _ in range(2):
            if reached:
                tried.run(place.name, ASK)
            else:
                with pytest.raises(NoConnection, match="is only read"):
                    tried.run(place.name, ASK)
        assert tried.answers(place.name) == reached
    assert bool(told) == reached


def test_what_is_known_no_longer_is_not_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(down, "AGAIN", 0.01)
    tries: list[Place] = []
    place = Place("mysql", "db.example.org", 3306, "root")
    marked = Down(tries.append, lambda _place: False)
    marked.mark(place, "it hangs")
    until(lambda: not any(thread.name == f"down {place.name}" for thread in threading.enumerate()))
    assert tries == []


def test_the_watch_hangs_up_in_time_and_only_then() -> None:
    watch = Watch()
    ours, theirs = socket.socketpair()
    with ours, theirs:
        with watch.over(ours.fileno(), 60):
            theirs.sendall(b"x")
            assert ours.recv(1) == b"x"
        ours.settimeout(60)
        with watch.over(ours.fileno(), 0.1):
            assert ours.recv(1) == b""


def test_what_waits_for_being_dropped_is_waited_for() -> None:
    retired = Retired()
    thing = ("mysql/localhost", "database alice_shop")
    assert not retired.awaits("mysql/localhost", 0)
    retired.add([thing])
    assert retired.awaits("mysql/localhost", 0)
    assert not retired.awaits("pgsql/localhost", 0)
    thread = threading.Thread(target=lambda: retired.drop(thing, lambda: sleep(0.05)))
    thread.start()
    assert not retired.awaits("mysql/localhost", 60)
    thread.join()
