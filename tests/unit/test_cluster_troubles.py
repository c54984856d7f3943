"""A server that has trouble with one zone, or with all of them: no other zone and no other server is kept waiting."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from tests.unit.clustered import HOST, Pair, paired
from tests.unit.upstream_slave import ACCOUNT, KEY, NEEDED, serving
from tests.waiting import until

from tholos.jobs import api, cluster, member, push
from tholos.jobs.slave import Address, Slave, Unanswered
from tholos.kernel.tx import Tx
from tholos.resources.cluster import marks

pytestmark = [
    pytest.mark.thorough,
    NEEDED,
    pytest.mark.filterwarnings("ignore::urllib3.exceptions.InsecureRequestWarning"),
]
LARGE = "large.test"


@pytest.fixture
def pair(peopled: Path, tmp_path: Path) -> Iterator[Pair]:
    """A node and the server that its zones are copied to."""
    with paired(peopled, tmp_path) as pair:
        pair.join()
        yield pair


def test_a_zone_that_is_too_large_for_a_request_keeps_no_other_waiting(
    pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    pair.slave.largest = 10_000
    # While it is small it would be taken.
    pair.must("v-suspend-remote-dns-host", HOST)
    pair.add_zone(LARGE)
    pair.must("v-add-dns-record", "alice", LARGE, "t", "TXT", "/" * 5_000)
    pair.add_zone("fine.test")
    pair.must("v-unsuspend-remote-dns-host", HOST)
    shown = pair.settle("refusing")
    assert {"large.test", "fine.test"} & pair.slave.served == {"fine.test"}
    assert (shown["PENDING"], shown["LAST_ERROR"]) == (
        "1",
        f"{LARGE}: answered 413 to v-make-tmp-file: <html>no</html>",
    )
    monkeypatch.setattr(push, "LARGEST", 5_000)
    pair.slave.largest = 30_000
    assert pair.run("v-sync-dns-cluster") == (0, "")
    assert LARGE in pair.slave.served


def test_what_is_too_large_for_one_request_is_sent_in_several(pair: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(push, "LARGEST", 4_000)
    pair.slave.largest = 6_000
    pair.add_zone(LARGE)
    for number in range(40):
        pair.must("v-add-dns-record", "alice", LARGE, f"t{number}", "TXT", "/" * 100, "", str(100 + number))
    pair.settle()
    assert [*map(str, range(100, 140))] == [number for number in pair.slave.numbers(LARGE) if int(number) >= 100]
    assert "v-insert-dns-record" in {one[0] for one in pair.slave.heard()}


def test_what_a_request_may_hold_is_sent_at_once() -> None:
    assert push.parts("one\ntwo") == ("one\ntwo", [])
    many = "\n".join(f"TXT='{'/' * 63_000}'" for _ in range(24))
    first, others = push.parts(many)
    assert "\n".join((first, *others)) == many
    assert 15 <= first.count("\n") <= 16


@pytest.mark.parametrize("command", ["v-insert-dns-domain", "v-insert-dns-records", "v-rebuild-dns-domain"])
def test_one_zone_to_which_a_server_has_no_answer(pair: Pair, command: str) -> None:
    pair.slave.status = lambda said: 500 if said[0] == command and any("odd.test" in one for one in said) else 200
    names = [f"zone{number}.test" for number in range(4)]
    for name in ("odd.test", *names):
        pair.add_zone(name)
    until(lambda: pair.slave.served, right=lambda served: served >= set(names))
    shown = until(pair.shown, right=lambda shown: (shown["STATE"], shown["PENDING"]) == ("refusing", "1"))
    assert shown["LAST_ERROR"].startswith(f"odd.test: answered 500 to {command}")


def test_a_rebuild_of_everything_that_has_no_answer_is_made_zone_by_zone(pair: Pair) -> None:
    tried = []

    def status(said: tuple[str, ...]) -> int:
        tried.append(said[0])
        return 504 if said[0] == "v-rebuild-dns-domains" else 200

    pair.slave.status = status
    names = [f"zone{number}.test" for number in range(12)]
    pair.must("v-suspend-remote-dns-host", HOST)
    for name in names:
        pair.add_zone(name)
    pair.must("v-unsuspend-remote-dns-host", HOST)
    pair.settle()
    assert pair.slave.served >= set(names)
    assert tried.count("v-rebuild-dns-domains") == 1


def test_a_server_that_answers_nothing_is_unreachable_and_no_zone_is_to_blame(pair: Pair) -> None:
    pair.add_zone("zone.test")
    pair.settle()
    pair.slave.status = lambda said: 503
    pair.add_zone("later.test")
    assert "503" in pair.settle("unreachable")["LAST_ERROR"]
    pair.slave.status = lambda said: 200
    assert pair.run("v-sync-dns-cluster") == (0, "")
    assert pair.settle()["LAST_ERROR"] == ""


def test_a_server_that_has_no_answer_to_any_zone_is_soon_let_alone(pair: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    # It is not tried again before the test has looked.
    monkeypatch.setattr(cluster, "FIRST_RETRY", cluster.LAST_RETRY)
    pair.slave.status = lambda said: 500 if said[0] == "v-insert-dns-domain" else 200
    pair.must("v-suspend-remote-dns-host", HOST)
    for number in range(9):
        pair.add_zone(f"zone{number}.test")
    pair.slave.heard()
    pair.must("v-unsuspend-remote-dns-host", HOST)
    pair.settle("unreachable")
    assert len(pair.slave.heard()) <= 1 + push.TROUBLES


def test_a_server_that_lists_very_many_zones_as_ours_is_not_believed(pair: Pair) -> None:
    pair.add_zone("zone.test")
    pair.settle()
    pair.slave.listing = "".join(f"invented{number}.test\t\n" for number in range(5_000))
    code, text = pair.run("v-sync-dns-cluster")
    assert (code, "lists more than 1002 zones as ours" in text) == (15, True)
    shown = pair.settle("unreachable")
    assert (shown["ZONES"], shown["PENDING"]) == ("1", "0")
    pair.slave.listing = None
    assert pair.run("v-sync-dns-cluster") == (0, "")


def test_what_a_server_has_too_much_is_written_down_in_portions(pair: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    portions = []
    intend = marks.intend
    monkeypatch.setattr(member, "TOGETHER", 20)

    def watched(tx: Tx, host: str, zones: dict[str, str]) -> None:
        portions.append(len(zones))
        intend(tx, host, zones)

    monkeypatch.setattr(marks, "intend", watched)
    names = {f"surplus{number}.test" for number in range(41)}
    pair.slave.listing = "".join(f"{name}\t\n" for name in names)
    assert pair.run("v-sync-dns-cluster") == (0, "")
    assert portions == [20, 20, 1]
    assert {one[2] for one in pair.slave.heard() if one[0] == "v-delete-dns-domain"} == names


def test_of_an_answer_no_more_is_read_than_is_expected(pair: Pair) -> None:
    pair.slave.listing = "x" * 200_000
    connection = api.ApiSlave(Address(HOST, pair.slave.port, "", KEY, pair.slave.fingerprint))
    assert connection.ask("v-list-dns-domains-src", ACCOUNT, "ns1.test", "plain", most=1_000) == "x" * 1_000
    assert connection.ask("v-list-dns-domains-src", ACCOUNT, "ns1.test", "plain", most=1 << 20) == "x" * 200_000
    assert connection.call("v-list-user", ACCOUNT) == 0
    connection.close()


@contextmanager
def black_hole(*, taking: bool) -> Iterator[int]:
    """A port from which nothing comes back, not even that a connection is taken; with ``taking``, only that."""
    with socket.socket() as listener, socket.socket() as one, socket.socket() as another:
        listener.bind((HOST, 0))
        listener.listen(5 if taking else 0)
        # The kernel holds one connection more than it is told, and drops what asks for another one.
        for client in () if taking else (one, another):
            client.setblocking(False)
            client.connect_ex(listener.getsockname())
        yield listener.getsockname()[1]


def lead(pair: Pair, port: int) -> None:
    """From now on, who speaks to the server reaches another port; a new trust has it be connected to anew."""

    def connect(_kind: str, address: Address) -> Slave:
        return api.ApiSlave(address._replace(port=port) if address.host == HOST else address)

    pair.master.cluster._connect = connect
    for runner in pair.master.cluster._runners.values():
        runner.member._connect = connect
    pair.must("v-change-remote-dns-host-trust", HOST, "none" if port == pair.slave.port else pair.slave.fingerprint)


@pytest.mark.parametrize("taking", [False, True])
def test_a_server_from_which_nothing_comes_back_keeps_no_other_waiting(
    pair: Pair, tmp_path: Path, taking: bool
) -> None:
    other = tmp_path / "other"
    other.mkdir()
    with serving(other) as second, black_hole(taking=taking) as port:
        pair.must("v-add-remote-dns-host", "localhost", str(second.port), KEY)
        lead(pair, port)
        for name in ("first.test", "second.test"):
            pair.add_zone(name)
            until(lambda: second.served, right=lambda served, name=name: name in served)  # type: ignore[misc]
        assert pair.shown()["PENDING"] == "2"
        lead(pair, pair.slave.port)
    assert pair.run("v-sync-dns-cluster", HOST)[0] in (0, 15)
    pair.settle()
    assert pair.slave.served == {"first.test", "second.test"}


@pytest.mark.parametrize("taking", [False, True])
def test_a_server_from_which_nothing_comes_back_is_given_up_after_a_while(
    pair: Pair, monkeypatch: pytest.MonkeyPatch, taking: bool
) -> None:
    monkeypatch.setattr(api, "CONNECT", 0.2)
    monkeypatch.setattr(api, "READ", 0.2)
    with black_hole(taking=taking) as port:
        lead(pair, port)
        pair.add_zone("zone.test")
        assert "timed out" in pair.settle("unreachable")["LAST_ERROR"]
        monkeypatch.undo()
        lead(pair, pair.slave.port)
        pair.settle()


@pytest.mark.parametrize(
    "beginning",
    [b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n", b"HTTP/1.1 200 OK\r\n\r\n"],
)
@pytest.mark.parametrize("kept", [False, True])
def test_a_server_that_drips_its_answer_is_given_up(
    pair: Pair, monkeypatch: pytest.MonkeyPatch, beginning: bytes, kept: bool
) -> None:
    connection = api.ApiSlave(Address(HOST, pair.slave.port, "", KEY, pair.slave.fingerprint))
    if kept:
        assert connection.call("v-list-user", ACCOUNT) == 0
    monkeypatch.setattr(api, "LONGEST", 0.3)
    pair.slave.drips = beginning
    with pytest.raises(Unanswered, match="did not end its answer within"):
        connection.call("v-list-user", ACCOUNT)
    monkeypatch.undo()
    pair.slave.drips = b""
    assert connection.call("v-list-user", ACCOUNT) == 0
    connection.close()


@pytest.mark.parametrize("call", [("v-add-remote-dns-domain", "alice", "zone.test"), ("v-sync-dns-cluster",)])
def test_nobody_waits_for_ever(pair: Pair, monkeypatch: pytest.MonkeyPatch, call: tuple[str, ...]) -> None:
    pair.add_zone("zone.test")
    pair.settle()
    monkeypatch.setattr(cluster, "ZONE_WAIT", 0.2)
    monkeypatch.setattr(cluster, "SERVER_WAIT", 0.2)
    answering = threading.Event()
    pair.slave.status = lambda _said: 200 if answering.wait() else 0
    code, text = pair.run(*call)
    answering.set()
    assert (code, "still at work" in text) == (15, True)
    assert pair.settle()["PENDING"] == "0"


def test_a_machine_that_is_gone_is_noticed_before_a_slow_answer_is_given_up(pair: Pair) -> None:
    connection = api.ApiSlave(Address(HOST, pair.slave.port, "", KEY, pair.slave.fingerprint))
    assert connection.call("v-list-user", ACCOUNT) == 0
    kept = connection._pool.pool.get()  # type: ignore[union-attr]
    assert kept.sock.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE) == 1
    quiet = [kept.sock.getsockopt(socket.IPPROTO_TCP, option) for option in (socket.TCP_KEEPIDLE, socket.TCP_KEEPINTVL)]
    probes = kept.sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPCNT)
    assert quiet[0] + quiet[1] * probes == api.SILENCE < api.READ
    assert kept.sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT) == api.SILENCE * 1_000
    kept.close()
    connection.close()


def test_how_long_a_server_is_let_alone_after_failures() -> None:
    for failures, longest in ((1, 2), (2, 4), (3, 8), (7, 128), (8, 256), (9, 300), (10, 300), (5_000, 300)):
        found = [cluster.pause(failures) for _ in range(200)]
        assert 0.75 * longest <= min(found) < max(found) <= longest
        assert len(set(found)) > 100
    assert [cluster.look_again(looks) for looks in (1, 2, 3, 6, 7, 5_000)] == [0.25, 0.5, 1, 8, 8, 8]


def test_what_was_refused_is_tried_again_when_a_pause_ends(pair: Pair) -> None:
    pair.slave.status = lambda said: 500 if said[0] == "v-insert-dns-domain" else 200
    pair.add_zone("zone.test")
    pair.settle("refusing")
    pair.must("v-suspend-remote-dns-host", HOST)
    runner = pair.master.cluster._runners[HOST]
    until(lambda: runner.asked == runner.answered)
    pair.slave.status = lambda said: 200
    pair.must("v-unsuspend-remote-dns-host", HOST)
    pair.settle()
    assert pair.slave.served == {"zone.test"}
