"""The addresses that zones have: the public one of a node behind NAT, and the one that takes an old one's place."""

from __future__ import annotations

from ipaddress import IPv4Interface

import pytest
from sqlalchemy import update
from tests.conftest import ADDRESS, call
from tests.waiting import until

from tholos.apply.readings import network
from tholos.apply.readings.network import Interface
from tholos.apply.work import Work
from tholos.bootstrap import ROOT, Engine
from tholos.jobs.kinds import dns_address
from tholos.kernel.job import start
from tholos.kernel.tx import Tx
from tholos.resources.dns import readdress
from tholos.resources.dns.model import dns_domains

PUBLIC, LATER = "203.0.113.5", "203.0.113.77"
INSERTED = "DOMAIN='sent.test' TTL='60' SOA='ns1.example.org' SERIAL='3'"
NS = "ID='1' RECORD='@' TYPE='NS' PRIORITY='' VALUE='ns1.example.org.'"
TEXT = "ID='2' RECORD='t' TYPE='TXT' PRIORITY='' VALUE='abc'"


def good(engine: Engine, *words: str) -> str:
    """Call a command that must succeed; give what it prints."""
    code, text = call(engine, *words)
    assert code == 0, (words, text)
    return text


def zone(engine: Engine, domain: str, account: str = "alice") -> list[str]:
    return good(engine, "v-list-dns-domain", account, domain, "plain").split("\t")


def serial(engine: Engine, domain: str) -> int:
    return int(zone(engine, domain)[6])


def values(engine: Engine, domain: str, kind: str, account: str = "alice") -> set[str]:
    """What the records of a type say."""
    rows = good(engine, "v-list-dns-records", account, domain, "plain").splitlines()
    return {row.split("\t")[4] for row in rows if row.split("\t")[2] == kind}


def served(engine: Engine, domain: str) -> str:
    return (engine.applier.host.read(f"/var/lib/bind/zones/{domain}.db") or b"").decode()


def follows(engine: Engine, domain: str, address: str) -> None:
    """Everything of the zone has this address, in the state and in what is served."""
    assert zone(engine, domain)[1] == address
    assert values(engine, domain, "A") == {address}
    assert any(f"ip4:{address} " in text for text in values(engine, domain, "TXT"))
    assert f" A {address}\n" in served(engine, domain)
    assert f"ip4:{address} " in served(engine, domain)


@pytest.mark.parametrize("given", [(), (ADDRESS,), (PUBLIC,)])
def test_a_new_domain_behind_nat_has_the_public_address(town: Engine, given: tuple[str, ...]) -> None:
    good(town, "v-change-sys-ip-nat", ADDRESS, PUBLIC)
    good(town, "v-add-domain", "alice", "nat.test", *given)
    follows(town, "nat.test", PUBLIC)
    site = good(town, "v-list-web-domain", "alice", "nat.test", "plain").split("\t")
    assert site[1] == PUBLIC
    assert f"listen {ADDRESS}:" in (town.applier.host.read("/home/alice/conf/web/nat.test/nginx.conf") or b"").decode()


def test_zones_follow_the_public_address(town: Engine) -> None:
    good(town, "v-add-domain", "alice", "old.test")
    good(town, "v-add-dns-domain", "alice", "far.test", "192.0.2.9")
    good(town, "v-add-dns-record", "alice", "far.test", "near", "A", ADDRESS)
    good(town, "v-add-dns-record", "alice", "far.test", "text", "TXT", f"see {ADDRESS}0 and {ADDRESS}.")
    for new in (PUBLIC, LATER, ""):
        before = serial(town, "old.test"), serial(town, "far.test")
        good(town, "v-change-sys-ip-nat", ADDRESS, new)
        follows(town, "old.test", new or ADDRESS)
        assert (serial(town, "old.test"), serial(town, "far.test")) == (before[0] + 1, before[1] + 1)
        assert zone(town, "far.test")[1] == "192.0.2.9"
        assert values(town, "far.test", "A") == {"192.0.2.9", new or ADDRESS}
        assert f'"see {ADDRESS}0 and {new or ADDRESS}."' in values(town, "far.test", "TXT")


def test_nothing_follows_an_address_that_stays(town: Engine) -> None:
    good(town, "v-add-domain", "alice", "old.test")
    good(town, "v-change-sys-ip-nat", ADDRESS, PUBLIC)
    before = serial(town, "old.test")
    good(town, "v-change-sys-ip-nat", ADDRESS, PUBLIC)
    # Another address of the node is reached by the same public one, which stays where it is.
    good(town, "v-add-sys-ip", "198.18.0.2", "255.255.255.0", "eth0", "alice", "dedicated", "", PUBLIC)
    good(town, "v-change-sys-ip-nat", "198.18.0.2", LATER)
    assert serial(town, "old.test") == before
    follows(town, "old.test", PUBLIC)


def test_zones_follow_the_only_address(town: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    good(town, "v-add-domain", "alice", "old.test")
    card = Interface("eth0", (IPv4Interface("198.18.0.99/24"),))
    monkeypatch.setattr(network, "REHEARSED", card)
    good(town, "v-update-sys-ip")
    follows(town, "old.test", "198.18.0.99")


def test_zones_of_other_servers_stay_as_they_were_sent(town: Engine) -> None:
    good(town, "v-insert-dns-domain", "alice", INSERTED.replace("TTL", f"IP='{ADDRESS}' TTL"), "ns1.example.org")
    good(town, "v-insert-dns-record", "alice", "sent.test", NS)
    good(town, "v-insert-dns-record", "alice", "sent.test", TEXT.replace("TXT", "A").replace("abc", ADDRESS))
    good(town, "v-rebuild-dns-domain", "alice", "sent.test")
    good(town, "v-change-sys-ip-nat", ADDRESS, PUBLIC)
    assert values(town, "sent.test", "A") == {ADDRESS}


def test_a_zone_that_has_the_number_of_another_one_need_not_be_ours(town: Engine) -> None:
    """It was deleted between two changes of a job, and another server has sent the next one."""

    def sent_meanwhile(tx: Tx) -> None:
        found = readdress.zones_with(tx, ADDRESS)
        assert found
        tx.execute(update(dns_domains).where(dns_domains.c.id.in_(found)).values(src="ns1.example.org"))
        readdress.follow_some(tx, found, ADDRESS, PUBLIC)

    good(town, "v-add-dns-domain", "alice", "sent.test", ADDRESS)
    town.dispatcher.writer.submit(Work(sent_meanwhile, town.dispatcher.context(ROOT, "127.0.0.1"))).result()
    assert values(town, "sent.test", "A") == {ADDRESS}


def test_a_zone_that_cannot_follow_keeps_no_other_from_it(town: Engine) -> None:
    good(town, "v-add-domain", "alice", "old.test")
    good(town, "v-add-domain", "alice", "full.test")
    good(town, "v-add-dns-record", "alice", "full.test", "t", "TXT", f"{ADDRESS}a".ljust(64_000, "x"))
    good(town, "v-change-sys-ip-nat", ADDRESS, "203.0.113.205")
    follows(town, "old.test", "203.0.113.205")
    follows(town, "full.test", ADDRESS)
    assert "full.test" in good(town, "v-list-user-log", "alice", "plain")


def test_very_many_zones_follow_a_few_at_a_time(town: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (readdress, dns_address):
        monkeypatch.setattr(module, "TOGETHER", 2)
    names = [f"many{number}.test" for number in range(5)]
    for name in names:
        good(town, "v-add-domain", "alice", name)
    good(town, "v-add-dns-record", "alice", "many3.test", "t", "TXT", f"{ADDRESS}a".ljust(64_000, "x"))
    good(town, "v-change-sys-ip-nat", ADDRESS, "203.0.113.205")
    # Of the two last groups, one has a zone that cannot follow and one has but a single zone.
    until(lambda: good(town, "v-list-user-log", "system", "plain").count("Zones: 1)") == 2, 60)
    for name in names:
        follows(town, name, ADDRESS if name == "many3.test" else "203.0.113.205")
    assert "many3.test" in good(town, "v-list-user-log", "alice", "plain")


def test_an_address_does_not_change_again_before_its_zones_have_followed(town: Engine) -> None:
    def begin(tx: Tx) -> None:
        start(tx, readdress.Follow(PUBLIC, LATER), account="admin", subject=readdress.SUBJECT)

    good(town, "v-add-domain", "alice", "old.test")
    town.runner.stop()
    town.dispatcher.writer.submit(Work(begin, town.dispatcher.context(ROOT, "127.0.0.1"))).result()
    code, text = call(town, "v-change-sys-ip-nat", ADDRESS, LATER)
    assert (code, readdress.SUBJECT in text) == (7, True), text
    follows(town, "old.test", ADDRESS)


def test_a_zone_without_an_address_gets_one_and_nothing_else(town: Engine) -> None:
    good(town, "v-insert-dns-domain", "alice", INSERTED, "ns1.example.org")
    for record in (NS, TEXT):
        good(town, "v-insert-dns-record", "alice", "sent.test", record)
    good(town, "v-rebuild-dns-domain", "alice", "sent.test")
    good(town, "v-change-dns-domain-ip", "alice", "sent.test", "192.0.2.7")
    assert zone(town, "sent.test")[1] == "192.0.2.7"
    assert values(town, "sent.test", "TXT") == {"abc"}


def test_the_record_of_an_alias_goes_by_the_public_address(town: Engine) -> None:
    good(town, "v-change-sys-ip-nat", ADDRESS, PUBLIC)
    good(town, "v-add-domain", "alice", "nat.test")
    good(town, "v-add-dns-on-web-alias", "alice", "shop.nat.test", PUBLIC)
    good(town, "v-delete-dns-on-web-alias", "alice", "nat.test", "shop.nat.test")
    assert "shop" not in good(town, "v-list-dns-records", "alice", "nat.test", "plain")
