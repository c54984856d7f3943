"""A server of the reference that copies zones to a node of ours, by its own sequences of calls (``dns-cluster.md``)."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from tests.conftest import ADDRESS, call, copied
from tests.rpc_app import Rpc, running
from tests.unit.upstream_slave import make_certificate

from tholos.apply.writer import Work
from tholos.bootstrap import ROOT, Engine
from tholos.edges.http_server import tls
from tholos.jobs import api
from tholos.kernel.tx import Tx

HOST, ACCOUNT, SOURCE, ZONE = "127.0.0.1", "dns-cluster", "ns1.example.org", "wire.test"
FILES = "/tmp/vst-sync.{}"
STAMP = "SUSPENDED='no' TIME='10:00:00' DATE='2026-01-01'"
ARGUMENTS = 8


def line(name: str = ZONE, **values: str) -> str:
    """A zone's line as the reference stores it."""
    first = {"IP": "192.0.2.1", "TPL": "default", "TTL": "14400", "EXP": "2030-01-01", "SOA": "ns1.example.org"}
    known = {**first, "SERIAL": "3000000000", "SLAVE": "no", "MASTER": "", **values}
    return (
        f"DOMAIN='{name}' IP='{known['IP']}' TPL='{known['TPL']}' TTL='{known['TTL']}' EXP='{known['EXP']}' "
        f"SOA='{known['SOA']}' SERIAL='{known['SERIAL']}' SRC='' RECORDS='3' DNSSEC='no' KEY='' "
        f"SLAVE='{known['SLAVE']}' MASTER='{known['MASTER']}' {STAMP}"
    )


def record(number: int, name: str, kind: str, value: str, *, suspended: bool = False) -> str:
    """A record's line as the reference stores it."""
    stamp = STAMP.replace("'no'", "'yes'") if suspended else STAMP
    return f"ID='{number}' RECORD='{name}' TYPE='{kind}' PRIORITY='' VALUE='{value}' {stamp}"


def records(*more: str) -> str:
    """The records of a zone."""
    first = (record(1, "@", "NS", "ns1.example.org."), record(2, "www", "A", "192.0.2.10"))
    return "\n".join((*first, record(3, "@", "TXT", '"v=spf1 it%quote%s ~all"'), *more))


class Master:
    """A server of the reference: it sends eight arguments, of which empty ones vanish and later ones move up."""

    def __init__(self, rpc: Rpc, proof: dict[str, str]) -> None:
        self.rpc = rpc
        self.proof = proof

    def call(self, command: str, *values: str) -> int:
        """Run a command on the slave; an empty body is a success, anything but a number is not."""
        said = [value for value in values if value]
        padded = [*said, *[""] * (ARGUMENTS - len(said))]
        form = {"cmd": command, **{f"arg{number}": value for number, value in enumerate(padded, start=1)}}
        body = self.rpc.post(self.proof | {"returncode": "yes"} | form).body
        return int(body) if body else 0

    def put(self, name: str, content: str) -> int:
        """Put the records of a zone down on the slave."""
        return self.call("v-make-tmp-file", content, FILES.format(name))

    def send(self, name: str, content: str, flush: str) -> list[int]:
        """What it does for a zone in a full sync, and the greater part of copying one."""
        return [
            self.call("v-insert-dns-domain", ACCOUNT, line(name), SOURCE, flush, "no"),
            self.put(name, content),
            self.call("v-insert-dns-records", ACCOUNT, name, FILES.format(name), "no"),
        ]

    def rebuild(self, name: str = ZONE) -> int:
        """Have a zone be served as it was sent."""
        return self.call("v-rebuild-dns-domain", ACCOUNT, name, "yes", "no")

    def add(self, name: str = ZONE, content: str = "", flush: str = "yes") -> None:
        """Copy a zone."""
        assert self.send(name, content or records(), flush) == [0, 0, 0]
        assert self.rebuild(name) == 0

    def listed(self, name: str = ZONE) -> dict[str, dict[str, str]]:
        """The slave's records by number."""
        return dict(json.loads(self.rpc.run("v-list-dns-records", ACCOUNT, name, "json")[1]))

    def served(self, name: str = ZONE) -> str:
        """What the slave's name server would answer from; empty where it has no such zone."""
        host = self.rpc.engine.applier.host
        if not host.named.configuration(name):
            return ""
        return (host.read(f"/var/lib/bind/zones/{name}.db") or b"").decode()


def change(engine: Engine, do: Callable[[Tx], object]) -> None:
    """Change the state behind the commands' back."""
    engine.writer.submit(Work(do, engine.dispatcher.context(ROOT, "127.0.0.1"))).result()


def sends(one: Master, name: str, source: str, flush: str = "yes") -> int:
    """What the slave says to a zone's line from a master."""
    return one.call("v-insert-dns-domain", ACCOUNT, line(name), source, flush, "no")


@contextmanager
def slave(seeded: Path, directory: Path) -> Iterator[Rpc]:
    """A slave behind its own HTTPS."""
    with running(seeded, tls(*make_certificate(directory, "edge"))) as started:
        assert started.run("v-change-sys-config-value", "DNS_SYSTEM", "bind9") == (0, "")
        yield started


@pytest.fixture(scope="module")
def rpc(seeded: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rpc]:
    """A slave behind its own HTTPS."""
    with slave(seeded, tmp_path_factory.mktemp("slave")) as started:
        yield started


@pytest.fixture
def one(rpc: Rpc) -> Iterator[Master]:
    """A master that is let in by a legacy key, which has all rights, and leaves nothing behind."""
    assert rpc.run("v-add-user", ACCOUNT, "Pass12345", "dns@example.org") == (0, "")
    yield Master(rpc, {"hash": rpc.run("v-generate-api-key")[1].strip()})
    assert rpc.run("v-delete-user", ACCOUNT) == (0, "")


@pytest.fixture
def other(seeded: Path, tmp_path: Path) -> Iterator[Rpc]:
    """A node that another one of ours copies its zones to."""
    with slave(seeded, tmp_path) as started:
        assert started.run("v-add-user", ACCOUNT, "Pass12345", "dns@example.org") == (0, "")
        yield started


@contextmanager
def copying(peopled: Path, other: Rpc, *zones: str) -> Iterator[Engine]:
    """A node of ours that has zones, and copies them to another."""
    key = other.add_key("admin", "sync-dns-cluster", "cluster", "json")
    with copied(peopled) as engine:
        engine.cluster._connect = lambda kind, address: api.ApiSlave(address)
        calls: list[tuple[str, ...]] = [("v-change-sys-config-value", "DNS_SYSTEM", "bind9")]
        calls += [("v-add-dns-domain", "alice", zone, ADDRESS) for zone in zones]
        calls += [("v-add-remote-dns-host", HOST, str(other.port), f"{key.key}:{key.secret}")]
        for words in calls:
            assert call(engine, *words) == (0, ""), words
        yield engine
