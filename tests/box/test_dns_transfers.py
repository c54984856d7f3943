"""Zones that the name servers transfer themselves: told of by the API (``hestia-zone``), and without one (catalogs)."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from types import SimpleNamespace

import dns.message
import dns.query
import dns.rcode
import dns.tsig
import dns.zone
import pytest
from box.machine import Machine
from tests.box.cluster import OWNER, SOON, Cluster, addresses, has_zone, must, serial, stopped, watched
from tests.box.engine import wait_until_ready
from tests.box.test_dns_server import validated
from tests.box.test_web_sites import v
from tests.waiting import until

ZONE, SIGNED, PAUSED, AGAIN = "moved.test", "signed.test", "paused.test", "again.test"


@pytest.fixture(scope="module")
def by_transfer(cluster: Cluster) -> Iterator[Cluster]:
    """The cluster with zones that are transferred; some were copied before."""
    cluster.add_zone(ZONE)
    cluster.served(f"ns1.{ZONE}", {"192.0.2.1"})
    must(cluster.master, "v-change-sys-config-value", "DNS_CLUSTER_SYSTEM", "hestia-zone")
    yield cluster
    must(cluster.master, "v-delete-dns-domains", OWNER)
    cluster.gone(ZONE)
    must(cluster.master, "v-change-sys-config-value", "DNS_CLUSTER_SYSTEM", "hestia")
    until(lambda: not transfers(cluster.master, "nothing.test"), SOON)


def transfers(machine: Machine, zone: str) -> bool:
    """Tell whether this host, which is none of the cluster, may copy a zone."""
    try:
        return bool(dns.zone.from_xfr(dns.query.xfr(machine.address, zone, timeout=60)))
    except dns.query.TransferError:
        return False


@contextmanager
def without_transfers(machine: Machine) -> Iterator[None]:
    """A machine reaches no other name server by TCP meanwhile."""
    machine.exec(["nft", "add table inet untransferred"])
    machine.exec(["nft", "add chain inet untransferred out { type filter hook output priority 0 ; }"])
    machine.exec(["nft", "add rule inet untransferred out tcp dport 53 drop"])
    try:
        yield
    finally:
        machine.exec(["nft", "delete table inet untransferred"])


def test_a_zone_is_served_until_it_can_be_transferred(cluster: Cluster) -> None:
    cluster.add_zone("waits.test")
    cluster.served("ns1.waits.test", {"192.0.2.1"})
    with without_transfers(cluster.first):
        must(cluster.master, "v-change-sys-config-value", "DNS_CLUSTER_SYSTEM", "hestia-zone")
        until(lambda: is_secondary(cluster.first, "waits.test"), SOON)
        # The server gives the zone up and takes it anew, which is a moment without it.
        until(lambda: has_zone(cluster.first, "waits.test"), SOON)
        with watched(cluster.first, ["ns1.waits.test"]):
            time.sleep(1)
    cluster.add_record("waits.test", "later", "192.0.2.2")
    cluster.served("later.waits.test", {"192.0.2.2"}, 120)
    must(cluster.master, "v-delete-dns-domain", OWNER, "waits.test")
    cluster.gone("waits.test")
    must(cluster.master, "v-change-sys-config-value", "DNS_CLUSTER_SYSTEM", "hestia")
    cluster.settle()


def is_secondary(machine: Machine, zone: str) -> bool:
    """Tell whether a machine transfers a zone."""
    return "type secondary" in machine.exec(["rndc", "showzone", zone], check=False).stdout


def test_a_zone_that_was_copied_is_transferred_and_follows_at_once(by_transfer: Cluster) -> None:
    for slave in by_transfer.slaves:
        until(lambda slave=slave: is_secondary(slave, ZONE), SOON)  # type: ignore[misc]
    by_transfer.served(f"ns1.{ZONE}", {"192.0.2.1"})
    for last in range(3):
        by_transfer.add_record(ZONE, f"t{last}", f"192.0.2.{last}")
        assert by_transfer.served(f"t{last}.{ZONE}", {f"192.0.2.{last}"}) < SOON
    assert not transfers(by_transfer.master, ZONE)
    assert not transfers(by_transfer.first, ZONE)
    code, _ = v(by_transfer.first, "v-add-dns-record", "dns-cluster", ZONE, "x", "A", "192.0.2.1")
    assert code != 0
    for slave in by_transfer.slaves:
        slave.exec(["systemctl", "restart", "named"])
        until(lambda slave=slave: serial(slave, ZONE) == serial(by_transfer.master, ZONE), SOON)  # type: ignore[misc]


def test_a_signed_zone_validates_on_the_slaves(by_transfer: Cluster) -> None:
    by_transfer.add_zone(SIGNED)
    must(by_transfer.master, "v-change-dns-domain-dnssec", OWNER, SIGNED, "yes")
    by_transfer.add_record(SIGNED, "www2", "192.0.2.3")
    by_transfer.served(f"www2.{SIGNED}", {"192.0.2.3"})
    for slave in by_transfer.slaves:
        found = validated(by_transfer.master, SIGNED, f"www2.{SIGNED}", "A", account=OWNER, asked=slave)
        assert found[0].to_text() == "192.0.2.3"


def test_a_signed_zone_stays_valid_where_records_are_copied(by_transfer: Cluster) -> None:
    must(by_transfer.master, "v-change-sys-config-value", "DNS_CLUSTER_SYSTEM", "hestia")
    for slave in by_transfer.slaves:
        until(lambda slave=slave: not is_secondary(slave, ZONE), SOON)  # type: ignore[misc]
    by_transfer.add_record(SIGNED, "www3", "192.0.2.4")
    by_transfer.served(f"www3.{SIGNED}", {"192.0.2.4"})
    for slave in by_transfer.slaves:
        assert is_secondary(slave, SIGNED)
        found = validated(by_transfer.master, SIGNED, f"www3.{SIGNED}", "A", account=OWNER, asked=slave)
        assert found[0].to_text() == "192.0.2.4"
    by_transfer.settle()
    must(by_transfer.master, "v-change-sys-config-value", "DNS_CLUSTER_SYSTEM", "hestia-zone")
    by_transfer.settle()


def test_a_server_is_in_step_once_its_name_server_serves_a_zone(by_transfer: Cluster) -> None:
    with without_transfers(by_transfer.first):
        by_transfer.add_zone("held.test")
        until(lambda: addresses(by_transfer.second, "ns1.held.test") == {"192.0.2.1"}, SOON)
        until(lambda: by_transfer.state(by_transfer.second) == "in step", SOON)
        shown = by_transfer.hosts()[by_transfer.first.address]
        assert (shown["PENDING"], shown["STATE"] in ("behind", "refusing")) == ("1", True)
    by_transfer.settle(90)
    by_transfer.served("ns1.held.test", {"192.0.2.1"})
    must(by_transfer.master, "v-delete-dns-domain", OWNER, "held.test")
    by_transfer.gone("held.test")


def test_a_comparison_of_what_is_in_step_sends_no_zone(by_transfer: Cluster) -> None:
    by_transfer.settle()
    before = [sent(slave) for slave in by_transfer.slaves]
    must(by_transfer.master, "v-sync-dns-cluster")
    assert [sent(slave) for slave in by_transfer.slaves] == before


def sent(slave: Machine) -> int:
    """How many times zones were applied on a slave, by its own history."""
    history = json.loads(must(slave, "v-list-user-log", "system", "json"))
    return sum("zone applied again" in entry["MESSAGE"].lower() for entry in history.values())


def test_a_deleted_zone_goes_and_the_slaves_keep_the_others(by_transfer: Cluster) -> None:
    by_transfer.add_zone("brief.test")
    by_transfer.served("ns1.brief.test", {"192.0.2.1"})
    must(by_transfer.master, "v-delete-dns-domain", OWNER, "brief.test")
    by_transfer.gone("brief.test")
    by_transfer.served(f"ns1.{ZONE}", {"192.0.2.1"})


@pytest.mark.parametrize("down", [False, True])
@pytest.mark.parametrize("signed", [False, True])
def test_a_zone_that_is_made_anew_is_transferred_anew(by_transfer: Cluster, *, signed: bool, down: bool) -> None:
    again(by_transfer, "old", signed=signed)
    by_transfer.served(f"old.{AGAIN}", {"192.0.2.2"})
    before = serial(by_transfer.first, AGAIN)
    with ExitStack() as stack:
        if down:
            stack.enter_context(without_named(by_transfer.first))
        must(by_transfer.master, "v-delete-dns-domain", OWNER, AGAIN)
        again(by_transfer, "new", signed=signed)
    by_transfer.served(f"new.{AGAIN}", {"192.0.2.2"}, 120)
    by_transfer.served(f"old.{AGAIN}", set())
    assert serial(by_transfer.first, AGAIN) > before
    if signed:
        must(by_transfer.master, "v-change-dns-domain-dnssec", OWNER, AGAIN, "no")
        by_transfer.add_record(AGAIN, "unsigned", "192.0.2.2")
        by_transfer.served(f"unsigned.{AGAIN}", {"192.0.2.2"})
    must(by_transfer.master, "v-delete-dns-domain", OWNER, AGAIN)
    by_transfer.gone(AGAIN)


def again(cluster: Cluster, name: str, *, signed: bool = False) -> None:
    """Add a zone with a record of this name."""
    cluster.add_zone(AGAIN)
    if signed:
        must(cluster.master, "v-change-dns-domain-dnssec", OWNER, AGAIN, "yes")
    cluster.add_record(AGAIN, name, "192.0.2.2")


@contextmanager
def without_named(machine: Machine) -> Iterator[None]:
    """A machine's name server does not run meanwhile."""
    machine.exec(["systemctl", "stop", "named"])
    try:
        yield
    finally:
        machine.exec(["systemctl", "start", "named"])


@pytest.fixture(scope="module")
def secondary(cluster: Cluster) -> Iterator[Machine]:
    """A server that has all zones of the master by its catalog; its API knows nothing of them, and is switched off."""
    made = json.loads(must(cluster.master, "v-add-dns-secondary", cluster.second.address, "json"))
    must(cluster.second, "v-add-dns-primary", cluster.master.address, made["TRANSFER_KEY"])
    must(cluster.master, "v-delete-remote-dns-host", cluster.second.address)
    with stopped(cluster.second):
        yield cluster.second
    must(cluster.second, "v-delete-dns-primary", cluster.master.address)
    assert cluster.second.exec(["find", "/var/lib/bind/copies", "-name", "*catalog.invalid*"]).stdout == ""
    must(cluster.master, "v-delete-dns-secondary", cluster.second.address)
    must(cluster.master, "v-add-remote-dns-host", cluster.second.address, "8083", cluster.legacy)


def test_a_secondary_needs_no_api(cluster: Cluster, secondary: Machine) -> None:
    cluster.add_zone("catalog.test")
    until(lambda: addresses(secondary, "ns1.catalog.test") == {"192.0.2.1"}, SOON)
    cluster.add_record("catalog.test", "later", "192.0.2.2")
    until(lambda: addresses(secondary, "later.catalog.test") == {"192.0.2.2"}, SOON)
    must(cluster.master, "v-suspend-dns-domain", OWNER, "catalog.test")
    until(lambda: not has_zone(secondary, "catalog.test"), SOON)
    must(cluster.master, "v-unsuspend-dns-domain", OWNER, "catalog.test")
    until(lambda: addresses(secondary, "later.catalog.test") == {"192.0.2.2"}, SOON)
    must(cluster.master, "v-delete-dns-domain", OWNER, "catalog.test")
    until(lambda: not has_zone(secondary, "catalog.test"), SOON)


def test_a_secondary_that_was_down_has_everything_within_a_minute(cluster: Cluster, secondary: Machine) -> None:
    for zone in ("stays.test", "goes.test"):
        cluster.add_zone(zone)
        until(lambda zone=zone: has_zone(secondary, zone), SOON)  # type: ignore[misc]
    secondary.exec(["systemctl", "stop", "named"])
    must(cluster.master, "v-delete-dns-domain", OWNER, "goes.test")
    cluster.add_record("stays.test", "meanwhile", "192.0.2.2")
    cluster.add_zone("comes.test")
    secondary.exec(["systemctl", "start", "named"])
    until(lambda: has_zone(secondary, "stays.test"), SOON)
    until(lambda: addresses(secondary, "ns1.comes.test") == {"192.0.2.1"}, 120)
    until(lambda: not has_zone(secondary, "goes.test"), SOON)
    until(lambda: addresses(secondary, "meanwhile.stays.test") == {"192.0.2.2"}, 120)
    must(cluster.master, "v-delete-dns-domains", OWNER)
    until(lambda: not has_zone(secondary, "stays.test") and not has_zone(secondary, "comes.test"), SOON)


@pytest.mark.parametrize("down", [False, True])
def test_a_secondary_takes_a_zone_that_is_made_anew(cluster: Cluster, secondary: Machine, *, down: bool) -> None:
    again(cluster, "old")
    until(lambda: addresses(secondary, f"old.{AGAIN}") == {"192.0.2.2"}, SOON)
    with ExitStack() as stack:
        if down:
            stack.enter_context(without_named(secondary))
        must(cluster.master, "v-delete-dns-domain", OWNER, AGAIN)
        again(cluster, "new")
    until(lambda: has_zone(secondary, AGAIN) and addresses(secondary, f"new.{AGAIN}") == {"192.0.2.2"}, 120)
    until(lambda: has_zone(secondary, AGAIN) and addresses(secondary, f"old.{AGAIN}") == set(), SOON)
    assert serial(secondary, AGAIN) == serial(cluster.master, AGAIN)
    must(cluster.master, "v-delete-dns-domain", OWNER, AGAIN)
    until(lambda: not has_zone(secondary, AGAIN), SOON)


def test_a_zone_of_a_catalog_cannot_be_added_beside_it(cluster: Cluster, secondary: Machine) -> None:
    cluster.add_zone("both.test")
    until(lambda: has_zone(secondary, "both.test"), SOON)
    secondary.exec(["systemctl", "start", "tholos-engine"])
    wait_until_ready(secondary)
    code, text = v(secondary, "v-add-dns-domain", "admin", "both.test", "192.0.2.1")
    assert (code, "comes from the catalog" in text) == (4, True)
    assert v(secondary, "v-delete-dns-domain", "admin", "both.test")[0] == 3
    secondary.exec(["systemctl", "stop", "tholos-engine"])
    assert has_zone(secondary, "both.test")
    must(cluster.master, "v-delete-dns-domain", OWNER, "both.test")
    until(lambda: not has_zone(secondary, "both.test"), SOON)


def test_only_the_key_opens_a_zone_and_only_while_the_clocks_agree(cluster: Cluster, secondary: Machine) -> None:
    cluster.add_zone("keyed.test")
    until(lambda: has_zone(secondary, "keyed.test"), SOON)
    name, secret = key_of(cluster.master)
    assert not transfers(cluster.master, "keyed.test")
    assert transfer(cluster.master, name, secret) == ""
    assert transfer(cluster.master, name, "A" * 43 + "=") == "PeerBadSignature"
    assert transfer(cluster.master, "another", secret) == "PeerBadKey"
    # What may be five minutes off is not taken when it is ten (RFC 8945, 5.2.3).
    assert [transfer(cluster.master, name, secret, ahead) for ahead in (240, -240)] == ["", ""]
    assert [transfer(cluster.master, name, secret, ahead) for ahead in (600, -600)] == ["PeerBadTime"] * 2
    must(cluster.master, "v-delete-dns-domain", OWNER, "keyed.test")


def key_of(machine: Machine) -> tuple[str, str]:
    """The name and the secret of the key that a secondary has."""
    found = machine.exec(["grep", "^key", "/etc/bind/tholos/peers.conf"]).stdout.split('"')
    return found[1], found[3]


def transfer(machine: Machine, name: str, secret: str, ahead: int = 0) -> str:
    """Ask for a whole zone with a key, by a clock that is so many seconds ahead; say what the server has against it."""
    query = dns.message.make_query("keyed.test", "AXFR")
    query.use_tsig(dns.tsig.Key(name, secret, "hmac-sha256"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(dns.message, "time", SimpleNamespace(time=lambda: time.time() + ahead))
        try:
            answer = dns.query.tcp(query, machine.address, timeout=60)
        except dns.tsig.PeerError as error:
            return type(error).__name__
    return "" if answer.answer else dns.rcode.to_text(answer.rcode())
