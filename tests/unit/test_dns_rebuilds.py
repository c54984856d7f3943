"""Rebuilding all zones of an account goes on when the name server, or our own check, refuses one of them."""

from __future__ import annotations

import pytest
from sqlalchemy import update
from tests.conftest import call

from tholos.apply.named.rehearsed import RehearsedNamed
from tholos.apply.work import MOST_LEFT_OUT, Work
from tholos.bootstrap import ROOT, Engine
from tholos.kernel.errors import ServiceFailed
from tholos.kernel.tx import Tx
from tholos.resources.dns.model import dns_records

ZONES = ("a.test", "b.test", "c.test")
SENT = "DOMAIN='{}' TTL='60' SOA='ns1.example.org' SERIAL='{}'"
NS = "ID='1' RECORD='@' TYPE='NS' PRIORITY='' VALUE='ns1.example.org.'"


def good(engine: Engine, *words: str) -> str:
    """Call a command that must succeed; give what it prints."""
    code, text = call(engine, *words)
    assert code == 0, (words, text)
    return text


@pytest.fixture
def zoned(town: Engine) -> Engine:
    """Alice has three zones."""
    for name in ZONES:
        good(town, "v-add-dns-domain", "alice", name, "198.18.0.1")
    return town


def refusing(monkeypatch: pytest.MonkeyPatch, *names: str, thing: bool = True) -> list[str]:
    """Let the name server refuse to load zones; give the list of those that it was to load."""
    loaded: list[str] = []

    def load(_self: RehearsedNamed, zone: str, _path: str) -> None:
        loaded.append(zone)
        if zone in names:
            raise ServiceFailed(f"the name server refused {zone} :: too bad", thing=zone if thing else "")

    monkeypatch.setattr(RehearsedNamed, "load", load)
    return loaded


def serial(engine: Engine, name: str) -> int:
    return int(good(engine, "v-list-dns-domain", "alice", name, "plain").split("\t")[6])


def served(engine: Engine, name: str) -> str:
    return (engine.applier.host.read(f"/var/lib/bind/zones/{name}.db") or b"").decode()


@pytest.mark.parametrize("command", [("v-rebuild-dns-domains", "alice", "", "yes"), ("v-rebuild-all", "alice")])
def test_a_zone_that_the_server_refuses_stops_no_other(
    zoned: Engine, monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...]
) -> None:
    before = {name: serial(zoned, name) for name in ZONES}
    loaded = refusing(monkeypatch, "b.test")
    good(zoned, *command)
    assert loaded[-2:] == ["a.test", "c.test"]
    history = good(zoned, "v-list-user-log", "alice", "plain")
    assert history.count("DNS zone not applied again (Name: b.test): the name server refused b.test :: too bad.") == 1
    raised = int("yes" in command)
    after = {name: serial(zoned, name) for name in ZONES}
    assert after == {**{name: before[name] + raised for name in ZONES}, "b.test": before["b.test"]}
    for name in ZONES:
        assert str(after[name]) in served(zoned, name)


def test_a_server_that_is_down_fails_the_call(zoned: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    before = serial(zoned, "a.test")
    refusing(monkeypatch, "b.test", thing=False)
    assert call(zoned, "v-rebuild-dns-domains", "alice", "", "yes")[0] == 20
    assert serial(zoned, "a.test") == before


def test_one_zone_alone_is_refused_with_the_servers_words(zoned: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    refusing(monkeypatch, "b.test")
    assert call(zoned, "v-rebuild-dns-domain", "alice", "b.test") == (
        20,
        "Error: the name server refused b.test :: too bad\n",
    )


def test_what_was_sent_of_other_zones_is_served(zoned: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    names = ("d.test", "e.test", "f.test")
    for name in names:
        good(zoned, "v-insert-dns-domain", "alice", SENT.format(name, 5), "ns1.example.org")
        good(zoned, "v-insert-dns-record", "alice", name, NS)
    refusing(monkeypatch, "e.test")
    good(zoned, "v-rebuild-dns-domains", "alice", "", "no")
    assert [bool(served(zoned, name)) for name in names] == [True, False, True]
    assert call(zoned, "v-list-dns-domain", "alice", "e.test", "plain")[0] == 3
    refusing(monkeypatch)
    good(zoned, "v-rebuild-dns-domains", "alice", "", "no")
    assert served(zoned, "e.test")


def test_a_zone_that_our_own_check_refuses_stops_no_other(zoned: Engine) -> None:
    def spoil(tx: Tx) -> None:
        servers = (dns_records.c.domain_id == 2) & (dns_records.c.type == "NS")
        tx.execute(update(dns_records).where(servers).values(type="TXT"))

    before = served(zoned, "b.test")
    zoned.writer.submit(Work(spoil, zoned.dispatcher.context(ROOT, "127.0.0.1"))).result()
    good(zoned, "v-rebuild-dns-domains", "alice", "", "yes")
    assert str(serial(zoned, "c.test")) in served(zoned, "c.test")
    assert served(zoned, "b.test") == before
    assert "b.test): dns record validation failed :: the zone would have no name server." in good(
        zoned, "v-list-user-log", "alice", "plain"
    )


def test_a_server_that_refuses_many_zones_fails_the_call(town: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    names = [f"n{number}.test" for number in range(MOST_LEFT_OUT + 1)]
    for name in names:
        good(town, "v-add-dns-domain", "alice", name, "198.18.0.1")
    loaded = refusing(monkeypatch, *names)
    code, text = call(town, "v-rebuild-dns-domains", "alice")
    assert (code, "refused" in text) == (20, True)
    assert list(dict.fromkeys(loaded)) == names
