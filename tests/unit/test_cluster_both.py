"""A node copies its zones to a node: what one sends is what the other has, and both say so."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.conftest import ADDRESS, Run, call
from tests.rpc_app import Rpc
from tests.unit.upstream_master import ACCOUNT, HOST, copying, other
from tests.unit.upstream_slave import NEEDED
from tests.waiting import until

from tholos.jobs import push
from tholos.resources.cluster.shipping import Shipment

__all__ = ["other"]

pytestmark = [
    pytest.mark.thorough,
    NEEDED,
    pytest.mark.filterwarnings("ignore::urllib3.exceptions.InsecureRequestWarning"),
]
LARGE = "large.test"


@pytest.fixture
def master(peopled: Path, other: Rpc) -> Iterator[Run]:
    """Runs a command of a node that copies to the other."""
    with copying(peopled, other) as engine:

        def run(command: str, *values: str) -> tuple[int, str]:
            return call(engine, command, *values)

        yield run


def shown(run: Run) -> dict[str, str]:
    """What the node says of the other."""
    return dict(json.loads(run("v-list-remote-dns-hosts", "json")[1])[HOST])


def values(run: Run, account: str) -> list[tuple[str, str]]:
    """The records of the zone on one node."""
    records = json.loads(run("v-list-dns-records", account, LARGE, "json")[1])
    return [(record["RECORD"], record["VALUE"]) for record in records.values()]


def test_more_than_a_request_may_hold_arrives_and_is_not_sent_again(
    master: Run, other: Rpc, monkeypatch: pytest.MonkeyPatch
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
    assert values(other.run, ACCOUNT) == values(master, "alice")
    sent.clear()
    assert master("v-sync-dns-cluster") == (0, "")
    assert sent == []


def test_what_somebody_changed_on_the_other_node_is_put_right(master: Run, other: Rpc) -> None:
    for name in ("first.test", LARGE):
        assert master("v-add-dns-domain", "alice", name, ADDRESS) == (0, "")
        until(lambda: shown(master), right=lambda host: host["STATE"] == "in step")
    before = values(other.run, ACCOUNT)
    assert other.run("v-change-dns-domain-ip", ACCOUNT, LARGE, "192.0.2.66") == (0, "")
    assert values(other.run, ACCOUNT) != before
    assert master("v-sync-dns-cluster") == (0, "")
    assert values(other.run, ACCOUNT) == before
