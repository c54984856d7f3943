"""Which zones are copied to other servers, and which are transferred there."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.conftest import ADDRESS
from tests.unit.clustered import HOST, Pair, paired
from tests.unit.upstream_master import line, record
from tests.unit.upstream_slave import NEEDED

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
