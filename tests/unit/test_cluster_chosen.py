"""Which zones are copied to other servers, and which are transferred there."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.conftest import ADDRESS
from tests.unit.clustered import HOST, Pair, paired
from tests.unit.upstream_master import line, record
from tests.unit.upstream_slave import NEEDED

from tholos.jobs import push
from tholos.jobs.slave import Slave

pytestmark = [
    pytest.mark.thorough,
    NEEDED,
    pytest.mark.filterwarnings("ignore::urllib3.exceptions.InsecureRequestWarning"),
]
SIGNED, PLAIN, SENT = "signed.test", "plain.test", "sent.test"


@pytest.fixture
def pair(peopled: Path, tmp_path: Path) -> Iterator[Pair]:
    """A node and the server that its zones are copied to."""
    with paired(peopled, tmp_path) as pair:
        yield pair


def add_signed(pair: Pair) -> tuple[int, str]:
    """Add a zone that is signed from the beginning."""
    return pair.run("v-add-dns-domain", "alice", SIGNED, ADDRESS, *[""] * 9, "yes")


def peers(pair: Pair) -> str:
    """Who may copy zones, as the name server is told."""
    return (pair.master.applier.host.read("/etc/bind/tholos/peers.conf") or b"").decode()


def test_a_signed_zone_is_transferred_where_records_are_copied(pair: Pair) -> None:
    assert add_signed(pair) == (0, "")
    pair.add_zone(PLAIN)
    pair.join()
    pair.settle()
    signed, plain = pair.slave.zone(SIGNED), pair.slave.zone(PLAIN)
    assert (signed["SLAVE"], signed["MASTER"], pair.slave.records[SIGNED]) == ("yes", ADDRESS, "")
    assert (plain["SLAVE"], plain["MASTER"], plain["DNSSEC"]) == ("no", "", "no")
    assert f"acl tholos-peers {{ {HOST}; }};" in peers(pair)
    assert pair.run("v-change-dns-domain-dnssec", "alice", SIGNED, "no") == (0, "")
    pair.settle()
    assert pair.slave.zone(SIGNED)["SLAVE"] == "no"
    assert "TYPE='NS'" in pair.slave.records[SIGNED]
    pair.must("v-sync-dns-cluster")
    assert "acl tholos-peers { none; };" in peers(pair)


def test_no_zone_is_signed_anew_where_records_are_copied(pair: Pair) -> None:
    pair.add_zone(PLAIN)
    pair.join()
    assert add_signed(pair) == (11, "Error: DNSSEC is disabled\n")
    assert pair.run("v-change-dns-domain-dnssec", "alice", PLAIN, "yes")[0] == 11
    assert pair.run("v-change-dns-domain-dnssec", "alice", PLAIN, "no") == (0, "")
    pair.must("v-change-sys-config-value", "DNS_CLUSTER_SYSTEM", "hestia-zone")
    assert add_signed(pair) == (0, "")


def test_what_another_server_sent_is_sent_on_once_it_is_given_to_somebody(pair: Pair) -> None:
    pair.join()
    pair.must("v-add-user", "mirror", "MirrorPass123", "mirror@example.org")
    pair.must("v-insert-dns-domain", "mirror", line(SENT), "ns1.elsewhere.test", "yes")
    pair.must("v-insert-dns-record", "mirror", SENT, record(1, "@", "NS", "ns1.example.org."))
    pair.must("v-rebuild-dns-domain", "mirror", SENT, "yes", "yes")
    pair.add_zone(PLAIN)
    pair.must("v-sync-dns-cluster")
    assert pair.slave.served == {PLAIN}
    pair.must("v-change-domain-owner", SENT, "alice")
    pair.settle()
    assert pair.slave.served == {PLAIN, SENT}


@pytest.mark.parametrize("command", [("v-change-user-role", "carl"), ("v-change-user-config-value", "carl", "ROLE")])
def test_zones_follow_the_role_of_their_account(pair: Pair, command: tuple[str, ...]) -> None:
    pair.add_zone(PLAIN)
    pair.must("v-add-user", "carl", "CarlPass1234", "carl@example.org")
    pair.add_zone(SENT, "carl")
    pair.join()
    assert pair.slave.served == {PLAIN, SENT}
    pair.must(*command, "dns-cluster")
    pair.settle()
    assert pair.slave.served == {PLAIN}
    pair.add_zone(SIGNED, "carl")
    assert pair.settle()["ZONES"] == "1"
    pair.must(*command, "user")
    assert pair.settle()["ZONES"] == "3"
    assert pair.slave.served == {PLAIN, SENT, SIGNED}


def test_a_zone_is_taken_off_a_server_until_it_changes(pair: Pair) -> None:
    pair.add_zone(PLAIN)
    pair.add_zone(SENT)
    pair.join()
    pair.must("v-delete-remote-dns-domain", "alice", PLAIN)
    shown = pair.shown()
    assert (pair.slave.served, shown["STATE"], shown["ZONES"]) == ({SENT}, "incomplete", "1")
    pair.must("v-sync-dns-cluster")
    assert (pair.slave.served, pair.shown()["STATE"]) == ({PLAIN, SENT}, "in step")
    pair.must("v-delete-remote-dns-domain", "alice", PLAIN)
    pair.must("v-add-dns-record", "alice", PLAIN, "new", "A", "192.0.2.9")
    pair.settle()
    assert pair.slave.served == {PLAIN, SENT}


def test_what_was_to_be_taken_off_a_server_stays_there_when_everything_is_compared_afterwards(pair: Pair) -> None:
    pair.add_zone(PLAIN)
    pair.join()
    pair.must("v-suspend-remote-dns-host", HOST)
    pair.must("v-delete-remote-dns-domain", "alice", PLAIN)
    pair.must("v-sync-dns-cluster", HOST)
    pair.must("v-unsuspend-remote-dns-host", HOST)
    pair.settle()
    assert pair.slave.served == {PLAIN}


def test_a_zone_that_is_on_a_server_alone_is_taken_off(pair: Pair) -> None:
    pair.join()
    pair.slave._insert_dns_domain("DOMAIN='old.test' SLAVE='no'", "")
    pair.must("v-delete-remote-dns-domain", "alice", "old.test")
    assert pair.slave.lines == {}
    assert pair.settle()["ZONES"] == "0"


def test_a_server_off_which_everything_was_taken_is_not_in_step(pair: Pair) -> None:
    pair.add_zone(PLAIN)
    pair.add_zone(SENT)
    pair.join()
    pair.must("v-delete-remote-dns-domains", HOST)
    shown = pair.shown()
    assert (pair.slave.served, shown["STATE"], shown["ZONES"], shown["PENDING"]) == (set(), "incomplete", "0", "0")
    pair.must("v-delete-dns-domain", "alice", SENT)
    assert pair.settle("incomplete")["ZONES"] == "0"
    pair.must("v-sync-dns-cluster", HOST)
    assert (pair.slave.served, pair.shown()["STATE"]) == ({PLAIN}, "in step")


def test_what_changes_while_everything_is_taken_off_a_server_comes_there_again(
    pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    pair.add_zone(PLAIN)
    pair.add_zone(SENT)
    pair.join()
    wipe = push.wipe

    def changing(slave: Slave, account: str, source: str) -> None:
        wipe(slave, account, source)
        pair.must("v-add-dns-record", "alice", PLAIN, "meanwhile", "A", "192.0.2.9")

    monkeypatch.setattr(push, "wipe", changing)
    pair.must("v-delete-remote-dns-domains", HOST)
    pair.settle("incomplete")
    assert pair.slave.served == {PLAIN}
