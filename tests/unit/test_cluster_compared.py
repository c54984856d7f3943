"""A node of ours compares its zones with what another node of ours has, and sends what differs."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from sqlalchemy import insert
from tests.conftest import call
from tests.rpc_app import Rpc
from tests.unit.upstream_master import ACCOUNT, HOST, change, copying, other
from tests.unit.upstream_slave import NEEDED

from tholos.bootstrap import ROOT, Engine
from tholos.jobs import inventory
from tholos.jobs.slave import Slave
from tholos.resources.cluster.model import dns_pushes
from tholos.resources.dns.model import dns_records
from tholos.resources.dns.types import RecordId

__all__ = ["other"]

pytestmark = [
    NEEDED,
    pytest.mark.thorough,
    pytest.mark.filterwarnings("ignore::urllib3.exceptions.InsecureRequestWarning"),
]
ZONES = ["one.test", "three.test", "two.test"]


@pytest.fixture
def node(peopled: Path, other: Rpc) -> Iterator[Engine]:
    """A node whose zones are all there."""
    with copying(peopled, other, *ZONES) as engine:
        yield engine


def must(engine: Engine, *words: str) -> str:
    """Call a command that succeeds; give what it prints."""
    code, text = call(engine, *words)
    assert code == 0, (words, code, text)
    return text


def digests(node: Engine, other: Rpc) -> dict[str, str]:
    """What the other node says that it has of the first one's zones."""
    source = node.dispatcher.machine.read("facts").hostname
    shown = json.loads(other.run("v-list-dns-domains-src", ACCOUNT, source, "json")[1])
    return {zone: values["DIGEST"] for zone, values in shown.items()}


@pytest.mark.parametrize("changed", ZONES)
def test_a_zone_that_was_changed_there_is_sent_again(node: Engine, other: Rpc, changed: str) -> None:
    before = digests(node, other)
    assert list(before) == ZONES
    assert other.run("v-change-dns-domain-ttl", ACCOUNT, changed, "77") == (0, "")
    must(node, "v-sync-dns-cluster")
    assert digests(node, other) == before


def test_zones_that_were_dropped_there_are_sent_again_and_can_be_deleted(node: Engine, other: Rpc) -> None:
    before = digests(node, other)
    source = node.dispatcher.machine.read("facts").hostname
    assert other.run("v-delete-dns-domains-src", ACCOUNT, source, "no") == (0, "")
    must(node, "v-sync-dns-cluster")
    assert digests(node, other) == before
    assert other.run("v-delete-dns-domains-dropped", ACCOUNT, source) == (0, "")
    assert digests(node, other) == before
    must(node, "v-delete-dns-domains", "alice")
    must(node, "v-sync-dns-cluster")
    assert digests(node, other) == {}


def host(node: Engine) -> tuple[str, str]:
    """How the other node is said to be, and what is wrong with it."""
    shown = json.loads(must(node, "v-list-remote-dns-hosts", "json"))[HOST]
    return shown["STATE"], shown["LAST_ERROR"]


def test_a_node_of_an_earlier_version_may_list_all_zones(
    node: Engine, other: Rpc, monkeypatch: pytest.MonkeyPatch
) -> None:
    digests = inventory.digests

    def all_of_them(
        slave: Slave, account: str, source: str, expected: int, _chosen: Sequence[str] = ()
    ) -> dict[str, str] | None:
        return digests(slave, account, source, expected)

    monkeypatch.setattr(inventory, "_SPARE", 0)
    monkeypatch.setattr(inventory, "digests", all_of_them)
    must(node, "v-change-dns-domain-ttl", "alice", "one.test", "99")
    must(node, "v-add-remote-dns-domain", "alice", "one.test")
    assert host(node) == ("in step", "")


def test_a_record_that_the_other_node_has_left_out_is_told(node: Engine, other: Rpc) -> None:
    # No command makes such a record: another version would.
    row = {"domain_id": 1, "number": RecordId.highest + 1, "record": "later", "type": "A", "value": "192.0.2.1"}
    now = node.dispatcher.context(ROOT, "127.0.0.1").now
    change(node, lambda tx: tx.execute(insert(dns_records).values(created=now, **row)))
    for command in ("v-add-remote-dns-domain alice one.test", "v-sync-dns-cluster"):
        code, text = call(node, *command.split())
        assert (code, "one.test: not all of it is served there" in text) == (15, True)
        state, error = host(node)
        assert (state, error.split(":")[0]) == ("refusing", "one.test")
    assert digests(node, other)["one.test"] == ""
    assert "left out: invalid id format" in other.run("v-list-user-log", ACCOUNT)[1]
    change(node, lambda tx: tx.execute(dns_records.delete().where(dns_records.c.number > RecordId.highest)))
    must(node, "v-sync-dns-cluster")
    assert host(node) == ("in step", "")
    assert digests(node, other)["one.test"] != ""


def test_what_a_node_has_kept_from_before_is_taken_off_it_when_it_goes(node: Engine, other: Rpc) -> None:
    before = digests(node, other)
    (host,) = json.loads(must(node, "v-list-remote-dns-hosts", "json"))
    # It could not be reached when it was taken out, and so has kept everything.
    change(node, lambda tx: tx.execute(dns_pushes.delete()))
    must(node, "v-sync-dns-cluster", host)
    assert digests(node, other) == before
    assert json.loads(must(node, "v-list-remote-dns-hosts", "json"))[host]["ZONES"] == "3"
    must(node, "v-delete-dns-domain", "alice", "one.test")
    must(node, "v-add-remote-dns-domain", "alice", "one.test")
    assert [*digests(node, other)] == ["three.test", "two.test"]
