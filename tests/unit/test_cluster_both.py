"""A node copies its zones to a node: what one sends is what the other has, and both say so."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.conftest import ADDRESS, Run, call, copied
from tests.rpc_app import Rpc, running
from tests.unit.upstream_slave import make_certificate
from tests.waiting import until

from tholos.edges.http_server import tls
from tholos.jobs import api, push
from tholos.resources.cluster.shipping import Shipment

pytestmark = [
    pytest.mark.thorough,
    pytest.mark.skipif(shutil.which("openssl") is None, reason="certificates are made with openssl"),
    pytest.mark.filterwarnings("ignore::urllib3.exceptions.InsecureRequestWarning"),
]
HOST, ACCOUNT, LARGE = "127.0.0.1", "dns-cluster", "large.test"


@pytest.fixture
def slave(seeded: Path, tmp_path: Path) -> Iterator[Rpc]:
    """A node behind HTTPS, whose account takes zones."""
    with running(seeded, tls(*make_certificate(tmp_path, "edge"))) as started:
        assert started.run("v-change-sys-config-value", "DNS_SYSTEM", "bind9") == (0, "")
        assert started.run("v-add-user", ACCOUNT, "Pass12345", "dns@example.org") == (0, "")
        yield started


@pytest.fixture
def master(peopled: Path, slave: Rpc) -> Iterator[Run]:
    """Runs a command of a node that copies to it."""
    key = slave.add_key("admin", "sync-dns-cluster", "cluster", "json")
    with copied(peopled) as engine:
        engine.cluster._connect = lambda kind, address: api.ApiSlave(address)

        def run(command: str, *values: str) -> tuple[int, str]:
            return call(engine, command, *values)

        assert run("v-change-sys-config-value", "DNS_SYSTEM", "bind9") == (0, "")
        assert run("v-add-remote-dns-host", HOST, str(slave.port), f"{key.key}:{key.secret}") == (0, "")
        yield run


def shown(run: Run) -> dict[str, str]:
    """What the node says of the other."""
    return dict(json.loads(run("v-list-remote-dns-hosts", "json")[1])[HOST])


def values(run: Run, account: str) -> list[tuple[str, str]]:
    """The records of the zone on one node."""
    records = json.loads(run("v-list-dns-records", account, LARGE, "json")[1])
    return [(record["RECORD"], record["VALUE"]) for record in records.values()]


def test_more_than_a_request_may_hold_arrives_and_is_not_sent_again(
    master: Run, slave: Rpc, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent = []
    send = push._Push._send

    def watched(pushing: push._Push, zone: Shipment) -> None:
        sent.append(zone.domain)
        send(pushing, zone)

    monkeypatch.setattr(push, "LARGEST", 4_000)
    monkeypatch.setattr(push._Push, "_send", watched)
    assert master("v-add-dns-domain", "alice", LARGE, ADDRESS) == (0, "")
    for number in range(40):
        assert master("v-add-dns-record", "alice", LARGE, f"t{number}", "TXT", "/" * 100) == (0, "")
    until(lambda: shown(master), right=lambda host: host["STATE"] == "in step")
    assert values(slave.run, ACCOUNT) == values(master, "alice")
    sent.clear()
    assert master("v-sync-dns-cluster") == (0, "")
    assert sent == []


def test_what_somebody_changed_on_the_other_node_is_put_right(master: Run, slave: Rpc) -> None:
    for name in ("first.test", LARGE):
        assert master("v-add-dns-domain", "alice", name, ADDRESS) == (0, "")
        until(lambda: shown(master), right=lambda host: host["STATE"] == "in step")
    before = values(slave.run, ACCOUNT)
    assert slave.run("v-change-dns-domain-ip", ACCOUNT, LARGE, "192.0.2.66") == (0, "")
    assert values(slave.run, ACCOUNT) != before
    assert master("v-sync-dns-cluster") == (0, "")
    assert values(slave.run, ACCOUNT) == before
