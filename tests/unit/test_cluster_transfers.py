"""Zones that are transferred: a server is in step when its name server serves what this node's does."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

import dns.flags
import dns.message
import dns.rcode
import dns.rrset
import pytest
from tests.conftest import ADDRESS
from tests.unit.clustered import HOST, Pair, paired
from tests.unit.upstream_slave import NEEDED
from tests.waiting import until

from tholos.jobs import cluster, serials, ssh, transfers
from tholos.jobs.slave import Address, Unanswered

pytestmark = [
    pytest.mark.thorough,
    NEEDED,
    pytest.mark.filterwarnings("ignore::urllib3.exceptions.InsecureRequestWarning"),
]
ZONE = "wire.test"
HERE = "here"


class NameServers:
    """What the two name servers have: of each zone its serial; None instead of all when one does not answer."""

    def __init__(self) -> None:
        self.there: dict[str, int] | None = {}
        self.here: dict[str, int] = {}
        self.asked: list[tuple[str, list[str]]] = []

    def serials(self, host: str, zones: Collection[str]) -> dict[str, int | None]:
        """Answer as one of them."""
        self.asked.append((host, list(zones)))
        known = self.here if host == HERE else self.there
        return {} if known is None else {zone: known.get(zone) for zone in zones}


@pytest.fixture
def pair(peopled: Path, tmp_path: Path) -> Iterator[Pair]:
    """A node, and a server that transfers its zones."""
    with paired(peopled, tmp_path) as pair:
        pair.join()
        pair.must("v-change-sys-config-value", "DNS_CLUSTER_SYSTEM", "hestia-zone")
        pair.settle()
        yield pair


@pytest.fixture
def servers(pair: Pair, monkeypatch: pytest.MonkeyPatch) -> NameServers:
    """The name servers of both."""
    servers = NameServers()
    monkeypatch.setattr(transfers, "HERE", HERE)
    monkeypatch.setattr(transfers, "LATE", 600.0)
    pair.master.cluster._serials = servers.serials
    for runner in pair.master.cluster._runners.values():
        runner.member._transfers._serials = servers.serials
    return servers


def serial(pair: Pair) -> int:
    """The serial of the zone."""
    return int(pair.must("v-list-dns-domain", "alice", ZONE, "plain").split("\t")[6])


def told(pair: Pair, command: str) -> int:
    """How often the server has heard a command since the last look."""
    return [one[0] for one in pair.slave.heard()].count(command)


def test_a_server_is_behind_until_its_name_server_has_the_zone(pair: Pair, servers: NameServers) -> None:
    pair.add_zone(ZONE)
    until(lambda: servers.asked, right=lambda asked: len(asked) > 2)
    shown = pair.shown()
    assert (shown["STATE"], shown["PENDING"], shown["LAST_ERROR"]) == ("behind", "1", "")
    assert servers.asked[0] == (HOST, [ZONE])
    servers.there = {ZONE: serial(pair)}
    pair.settle()
    assert told(pair, "v-insert-dns-domain") == 1
    pair.must("v-add-dns-record", "alice", ZONE, "new", "A", "192.0.2.1")
    assert pair.settle("behind")["PENDING"] == "1"
    servers.there = {ZONE: serial(pair)}
    assert pair.settle()["LAG"] == "0"
    assert told(pair, "v-insert-dns-domain") == 0


def test_one_zone_that_is_not_transferred_keeps_no_other_waiting(
    pair: Pair, servers: NameServers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cluster, "FIRST_LOOK", 0.01)
    monkeypatch.setattr(cluster, "FIRST_RETRY", 0.01)
    monkeypatch.setattr(transfers, "LATE", 0.1)
    servers.there = {"fine.test": 3_000_000_000}
    pair.add_zone(ZONE)
    shown = pair.settle("refusing")
    assert shown["LAST_ERROR"] == f"{ZONE}: its name server does not serve the zone"
    pair.add_zone("fine.test")
    until(pair.shown, right=lambda shown: (shown["STATE"], shown["PENDING"]) == ("refusing", "1"))
    servers.there = None
    until(pair.shown, right=lambda shown: shown["LAST_ERROR"] == f"{ZONE}: its name server does not answer")
    servers.there = {ZONE: 7}
    why = f"{ZONE}: its name server has serial 7, and this one has {serial(pair)}"
    until(pair.shown, right=lambda shown: shown["LAST_ERROR"] == why)
    assert told(pair, "v-insert-dns-domain") == 2
    servers.there = {ZONE: serial(pair)}
    pair.settle()


@pytest.mark.parametrize(
    "line", ["v-delete-dns-domain alice wire.test", "v-change-sys-config-value DNS_CLUSTER_SYSTEM hestia"]
)
def test_nothing_is_remembered_of_what_is_transferred_no_longer(pair: Pair, servers: NameServers, line: str) -> None:
    (runner,) = pair.master.cluster._runners.values()
    waiting = runner.member._transfers._since
    pair.add_zone(ZONE)
    until(lambda: waiting, right=lambda waiting: ZONE in waiting)
    pair.must(*line.split())
    pair.settle()
    assert waiting == {}


def test_a_comparison_asks_for_no_serial_where_nothing_has_changed(pair: Pair, servers: NameServers) -> None:
    servers.there = {ZONE: 3_000_000_000}
    pair.add_zone(ZONE)
    pair.settle()
    servers.asked.clear()
    assert pair.run("v-sync-dns-cluster") == (0, "")
    assert servers.asked == []


def test_what_is_wanted_of_a_signed_zone_is_what_the_own_name_server_has(pair: Pair, servers: NameServers) -> None:
    pair.must("v-add-dns-domain", "alice", ZONE, ADDRESS, *[""] * 9, "yes")
    until(lambda: servers.asked, right=lambda asked: len(asked) > 1)
    servers.here, servers.there = {ZONE: 9}, {ZONE: serial(pair)}
    assert pair.shown()["STATE"] == "behind"
    servers.there = {ZONE: 9}
    pair.settle()


def test_zones_are_sent_again_when_they_are_to_be_transferred_from_another_address(pair: Pair) -> None:
    pair.add_zone(ZONE)
    pair.settle()
    pair.must("v-change-sys-ip-nat", ADDRESS, "203.0.113.5")
    until(lambda: pair.slave.zone(ZONE)["MASTER"], right=lambda master: master == "203.0.113.5")
    pair.settle()
    pair.slave.heard()
    pair.must("v-change-sys-ip-name", ADDRESS, "ip.example.org")
    pair.settle()
    assert told(pair, "v-insert-dns-domain") == 0


@contextmanager
def answering(answer: Callable[[dns.message.Message], bytes | None]) -> Iterator[int]:
    """A name server on a port of its own."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind((HOST, 0))

        def serve() -> None:
            while data := server.recvfrom(4096):
                if data[0] == b"end":
                    return
                if (wire := answer(dns.message.from_wire(data[0]))) is not None:
                    server.sendto(wire, data[1])

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        try:
            yield server.getsockname()[1]
        finally:
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
                client.sendto(b"end", server.getsockname())
            thread.join()


def answer(query: dns.message.Message) -> bytes | None:
    """What a name server answers: the length of a zone's name is its serial, and some zones are odd."""
    name = query.question[0].name.to_text().removesuffix(".")
    reply = dns.message.make_response(query)
    reply.flags |= dns.flags.AA if name != "cached.test" else 0
    if name == "silent.test":
        return None
    if name == "odd.test":
        return b"\0" * 40
    if name == "cut.test":
        reply.flags |= dns.flags.TC
    elif name == "refused.test":
        reply.set_rcode(dns.rcode.REFUSED)
    else:
        reply.answer = [dns.rrset.from_text(f"{name}.", 60, "IN", "SOA", f"ns1. root. {len(name)} 1 1 1 1")]
    return reply.to_wire()


def test_serials_are_asked_for_together(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serials, "PATIENCE", 30.0)
    many = [f"zone{number}.test" for number in range(250)]
    with answering(answer) as port:
        found = serials.serials(HOST, [*many, "cached.test", "refused.test"], port)
        monkeypatch.setattr(serials, "PATIENCE", 0.2)
        assert serials.serials(HOST, ["silent.test", "odd.test", "cut.test"], port) == {}
    assert found == {name: len(name) for name in many} | {"cached.test": None, "refused.test": None}


def test_a_name_server_that_is_not_there_is_not_waited_for() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as closed:
        closed.bind((HOST, 0))
        port = closed.getsockname()[1]
    assert serials.serials(HOST, [f"zone{number}.test" for number in range(1_000)], port) == {}
    assert serials.serials("nowhere.invalid", ["zone.test"]) == {}


def test_a_name_server_that_says_nothing_is_asked_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []
    monkeypatch.setattr(serials, "PATIENCE", 0.01)
    with answering(lambda query: asked.append(query) and None) as port:  # type: ignore[func-returns-value]
        assert serials.serials(HOST, [f"zone{number}.test" for number in range(1_000)], port) == {}
    assert len(asked) == serials.TOGETHER


def test_a_server_is_asked_at_the_address_that_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    real = socket.getaddrinfo

    def both(_host: str, port: int, **kind: int) -> list[object]:
        return [*real("::1", port, **kind), *real(HOST, port, **kind)]

    monkeypatch.setattr(socket, "getaddrinfo", both)
    monkeypatch.setattr(serials, "PATIENCE", 30.0)
    with answering(answer) as port:
        assert serials.serials("both.test", ["zone.test"], port) == {"zone.test": 9}


def test_a_connection_that_breaks_is_no_answer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "ssh"
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    monkeypatch.setattr(ssh, "SHARED", tmp_path / "shared")
    slave = ssh.SshSlave(Address("ns2.example.org", 22, "root", "", ""))
    for code, answered in ((0, "said"), (3, None)):
        program.write_text(f"#!/bin/sh\nprintf said; exit {code}\n")
        program.chmod(0o755)
        assert slave.ask("v-list-dns-domains-src") == answered
    program.write_text("#!/bin/sh\nprintf sa; exit 255\n")
    with pytest.raises(Unanswered):
        slave.ask("v-list-dns-domains-src")
