"""Three machines of a DNS cluster: a master and two slaves, and what the world gets when it asks their name servers."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Event, Thread
from typing import Any

import dns.exception
import dns.message
import dns.query
import dns.rcode
from box.machine import Machine
from tests.box.engine import wait_until_ready
from tests.box.test_web_sites import v
from tests.waiting import until

ACCOUNT, OWNER = "dns-cluster", "clalice"
SOON = 60.0
"""Seconds within which what was changed must be served by every slave, on a machine that has other things to do."""


@dataclass(frozen=True)
class Cluster:
    """The machines, and the keys with which the master is let in by its slaves."""

    master: Machine
    first: Machine
    second: Machine
    pair: str
    legacy: str

    @property
    def slaves(self) -> tuple[Machine, Machine]:
        """Both slaves."""
        return self.first, self.second

    def hosts(self) -> dict[str, dict[str, Any]]:
        """What the master says about its slaves, by their addresses."""
        return dict(json.loads(v(self.master, "v-list-remote-dns-hosts", "json")[1] or "{}"))

    def state(self, slave: Machine) -> str:
        """What the master says about a slave, in a word."""
        return str(self.hosts()[slave.address]["STATE"])

    def told(self, slave: Machine, **parts: str) -> dict[str, str]:
        """Wait until the master's list says of a slave what is expected, or has it as a part; give the list's line.

        A slave serves a change a moment before the master writes down that it does.
        """
        return until(
            lambda: self.hosts()[slave.address],
            SOON,
            lambda shown: all(part in shown[name] for name, part in parts.items()),
            pause=0.2,
        )

    def settle(self, seconds: float = 120) -> None:
        """Wait until every slave has everything."""
        until(self.hosts, seconds, lambda hosts: {host["STATE"] for host in hosts.values()} <= {"in step"}, pause=0.2)

    def add_zone(self, zone: str, account: str = OWNER) -> None:
        """Add a zone on the master, with name servers of its own."""
        must(self.master, "v-add-dns-domain", account, zone, "192.0.2.1", f"ns1.{zone}", f"ns2.{zone}")

    def add_record(self, zone: str, name: str, value: str, account: str = OWNER) -> None:
        """Add an address on the master."""
        must(self.master, "v-add-dns-record", account, zone, name, "A", value)

    def number(self, zone: str, name: str, account: str = OWNER) -> str:
        """The number of a record on the master."""
        records = json.loads(must(self.master, "v-list-dns-records", account, zone, "json"))
        return next(str(key) for key, record in records.items() if record["RECORD"] == name)

    def served(self, name: str, values: set[str], seconds: float = SOON) -> float:
        """Wait until both slaves answer with these addresses; give the seconds that it took."""
        began = time.monotonic()
        for slave in self.slaves:
            until(lambda slave=slave: addresses(slave, name), seconds, lambda found: found == values)  # type: ignore[misc]
        return time.monotonic() - began

    def gone(self, zone: str, seconds: float = SOON) -> None:
        """Wait until both slaves have no such zone."""
        for slave in self.slaves:
            until(lambda slave=slave: not has_zone(slave, zone), seconds)  # type: ignore[misc]


def must(machine: Machine, *words: str) -> str:
    """Run a command that succeeds; give what it printed."""
    code, text = v(machine, *words)
    assert code == 0, (words, code, text)
    return text


def ask(machine: Machine, name: str, kind: str = "A", *, signed: bool = False) -> dns.message.Message:
    """Ask a machine's name server, over TCP: by UDP it cuts answers short to whoever asks so often."""
    query = dns.message.make_query(name, kind, want_dnssec=signed)
    return dns.query.tcp(query, machine.address, timeout=60)


def addresses(machine: Machine, name: str) -> set[str]:
    """The addresses of a name."""
    return {record.to_text() for rrset in ask(machine, name).answer for record in rrset}


def has_zone(machine: Machine, zone: str) -> bool:
    """Tell whether a machine answers for a zone."""
    return ask(machine, zone, "SOA").rcode() == dns.rcode.NOERROR


def serial(machine: Machine, zone: str) -> int:
    """The serial of a zone that a machine serves."""
    (rrset,) = ask(machine, zone, "SOA").answer
    return int(rrset[0].serial)


@dataclass
class Watch:
    """Asks a server for names all the while, in turn; ``missed`` are those that it once had no answer for."""

    machine: Machine
    names: Sequence[str]
    asked: int = 0
    missed: list[str] = field(default_factory=list)
    over: Event = field(default_factory=Event)

    def run(self) -> None:
        """Ask until told to stop."""
        while not self.over.is_set():
            for name in self.names:
                self._ask(name)

    def _ask(self, name: str) -> None:
        try:
            answered = bool(ask(self.machine, name).answer)
        except (OSError, dns.exception.DNSException):
            answered = False
        self.asked += 1
        if not answered:
            self.missed.append(name)


@contextmanager
def watched(machine: Machine, names: Sequence[str]) -> Iterator[Watch]:
    """A server is asked for names meanwhile, and has an answer each time."""
    watch = Watch(machine, names)
    thread = Thread(target=watch.run, daemon=True)
    thread.start()
    try:
        yield watch
    finally:
        watch.over.set()
        thread.join()
    assert watch.asked > len(names)
    assert watch.missed == []


@contextmanager
def stopped(machine: Machine) -> Iterator[None]:
    """Neither engine nor edge runs meanwhile; the name server does."""
    machine.exec(["systemctl", "stop", "tholos-edge", "tholos-engine"])
    try:
        yield
    finally:
        machine.exec(["systemctl", "start", "tholos-engine", "tholos-edge"])
        wait_until_ready(machine)
        until(lambda: is_listening(machine))


def is_listening(machine: Machine) -> bool:
    """Tell whether a machine's API takes connections."""
    with socket.socket() as probe:
        return probe.connect_ex((machine.address, 8083)) == 0


def fingerprint(machine: Machine) -> str:
    """The SHA-256 fingerprint of the certificate of a machine's API."""
    argv = ["openssl", "x509", "-in", "/etc/tholos/tls/certificate.crt", "-noout", "-fingerprint", "-sha256"]
    return machine.exec(argv).stdout.partition("=")[2].strip()


def access_key(slave: Machine) -> str:
    """Make a key on a slave that allows what a master does there and nothing else."""
    made = json.loads(must(slave, "v-add-access-key", "admin", "sync-dns-cluster", "cluster", "json"))
    return f"{made['ACCESS_KEY_ID']}:{made['SECRET_ACCESS_KEY']}"


def join(master: Machine, first: Machine, second: Machine) -> Cluster:
    """Make a cluster: one slave by an access key and its certificate's fingerprint, the other by a legacy key."""
    for slave in (first, second):
        must(slave, "v-add-user", ACCOUNT, "Pass12345", "dns@example.org")
        must(slave, "v-add-sys-api-ip", master.address)
    cluster = Cluster(master, first, second, access_key(first), must(second, "v-generate-api-key").strip())
    must(master, "v-add-user", OWNER, "Pass12345", "alice@example.org")
    enlist(cluster)
    return cluster


def enlist(cluster: Cluster) -> None:
    """Have the master copy to both slaves."""
    trust = ("", "", "", fingerprint(cluster.first))
    must(cluster.master, "v-add-remote-dns-host", cluster.first.address, "8083", cluster.pair, *trust)
    must(cluster.master, "v-add-remote-dns-host", cluster.second.address, "8083", cluster.legacy)
    cluster.settle()


SKEW = "/run/systemd/system/tholos-engine.service.d/skew.conf"


@contextmanager
def clock_ahead(machine: Machine, seconds: int) -> Iterator[None]:
    """The engine of a machine, though not its name server, goes by a clock that is so far ahead meanwhile."""
    variables = f"PYTHONPATH=/opt/tholos-src/tests/box/skewed THOLOS_AHEAD={seconds}"
    machine.exec(["install", "-D", "/dev/stdin", SKEW], input=f"[Service]\nEnvironment={variables}\n")
    try:
        reload_engine(machine)
        yield
    finally:
        machine.exec(["rm", SKEW])
        reload_engine(machine)


def reload_engine(machine: Machine) -> None:
    """Start the engine anew by its unit as it is now."""
    machine.exec(["systemctl", "daemon-reload"])
    machine.exec(["systemctl", "restart", "tholos-engine"])
    wait_until_ready(machine)
