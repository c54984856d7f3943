"""A server of the reference copies zones to this one: its own sequences of calls, over HTTPS (``dns-cluster.md``)."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator

import pytest
from sqlalchemy import update
from tests.rpc_app import Rpc
from tests.unit.upstream_master import (
    ACCOUNT,
    FILES,
    SOURCE,
    ZONE,
    Master,
    change,
    line,
    one,
    record,
    records,
    rpc,
)
from tests.unit.upstream_slave import NEEDED
from tests.waiting import until

from tholos.apply.named.rehearsed import RehearsedNamed
from tholos.bootstrap import ROOT, Engine
from tholos.kernel.due import DueCall, due_calls, waiting_calls
from tholos.kernel.errors import Held
from tholos.kernel.tx import State
from tholos.resources.cluster.condemned import KEPT_FOR
from tholos.resources.cluster.model import dns_received

__all__ = ["one", "rpc"]

pytestmark = NEEDED


@pytest.fixture(params=["legacy key", "key of the profile", "login"])
def master(rpc: Rpc, request: pytest.FixtureRequest) -> Iterator[Master]:
    """A master that is let in one way or another, and leaves nothing behind."""
    assert rpc.run("v-add-user", ACCOUNT, "Pass12345", "dns@example.org") == (0, "")
    if request.param == "login":
        proof = {"user": "admin", "password": "adminPass123"}
    elif request.param == "legacy key":
        proof = {"hash": rpc.run("v-generate-api-key")[1].strip()}
    else:
        key = rpc.add_key("admin", "sync-dns-cluster", "cluster", "json")
        proof = {"hash": f"{key.key}:{key.secret}"}
    yield Master(rpc, proof)
    assert rpc.run("v-delete-user", ACCOUNT) == (0, "")


def test_a_master_joins_copies_a_zone_and_takes_it_away(master: Master) -> None:
    assert master.call("v-list-sys-config") == 0
    assert master.call("v-list-user", ACCOUNT) == 0
    assert master.call("v-list-user", "nobody") == 3
    assert master.call("v-add-cron-restart-job") == 0
    master.add()
    assert "192.0.2.10" in master.served()
    assert "it's ~all" in master.served()
    shown = json.loads(master.rpc.run("v-list-dns-domain", ACCOUNT, ZONE, "json")[1])[ZONE]
    assert [shown[key] for key in ("SERIAL", "SRC", "RECORDS")] == ["3000000000", SOURCE, "3"]
    assert master.call("v-delete-dns-domain", ACCOUNT, ZONE, "yes") == 0
    assert master.served() == ""
    assert master.call("v-delete-dns-domain", ACCOUNT, ZONE, "yes") == 3


def test_a_full_sync_never_leaves_the_slave_without_zones(one: Master) -> None:
    names = [f"sync{number}.test" for number in range(4)]
    for name in names:
        one.add(name)
    for last in ("21", "22"):
        assert one.call("v-delete-dns-domains-src", ACCOUNT, SOURCE, "no") == 0
        for name in names[:3]:
            assert all(map(one.served, names))
            assert one.send(name, records(record(9, "new", "A", f"192.0.2.{last}")), " ") == [0, 0, 0]
        assert all(map(one.served, names))
        assert one.call("v-rebuild-dns-domains", ACCOUNT, "yes", "no") == 0
        assert all(f"192.0.2.{last}" in one.served(name) for name in names[:3])
        # What the master has no more was not sent again.
        assert one.served(names[3]) == ""
        one.add(names[3])


def test_a_full_sync_that_breaks_off_and_is_made_again(one: Master) -> None:
    one.add("kept.test")
    one.add("other.test")
    assert one.call("v-delete-dns-domains-src", ACCOUNT, SOURCE, "no") == 0
    assert one.send("kept.test", records(), " ") == [0, 0, 0]
    assert one.served("kept.test") and one.served("other.test")
    assert one.call("v-delete-dns-domains-src", ACCOUNT, SOURCE, "no") == 0
    for name in ("kept.test", "other.test"):
        assert one.send(name, records(record(9, "again", "A", "192.0.2.9")), " ") == [0, 0, 0]
    assert one.call("v-rebuild-dns-domains", ACCOUNT, "yes", "no") == 0
    assert "192.0.2.9" in one.served("kept.test") and "192.0.2.9" in one.served("other.test")


def test_the_master_takes_everything_away(one: Master) -> None:
    one.add()
    one.rpc.run("v-add-dns-domain", ACCOUNT, "own.test", "192.0.2.1", "ns1.own.test", "ns2.own.test")
    assert one.call("v-delete-dns-domains-src", ACCOUNT, SOURCE, "no") == 0
    assert one.call("v-rebuild-dns-domains", ACCOUNT, "yes") == 0
    assert one.served() == ""
    assert one.served("own.test")


def test_a_zone_that_a_catalog_has_brought_stops_no_other(one: Master, monkeypatch: pytest.MonkeyPatch) -> None:
    put = RehearsedNamed.put

    def refusing(self: RehearsedNamed, zone: str, configuration: str) -> None:
        if zone == "both.test" and configuration:
            raise Held("dns domain both.test exists", thing=zone)
        put(self, zone, configuration)

    monkeypatch.setattr(RehearsedNamed, "put", refusing)
    assert one.send("both.test", records(), "yes") == [0, 0, 0]
    assert one.rebuild("both.test") == 4
    assert one.send("other.test", records(), "yes") == [0, 0, 0]
    assert one.call("v-rebuild-dns-domains", ACCOUNT, "yes", "no") == 0
    assert (one.served("both.test"), bool(one.served("other.test"))) == ("", True)


def test_single_records(one: Master) -> None:
    one.add()

    def announced() -> bool:
        return one.call("v-insert-dns-domain", ACCOUNT, line(SERIAL="3000000001"), SOURCE, "domain", "no") == 0

    assert announced()
    assert one.call("v-insert-dns-record", ACCOUNT, ZONE, record(7, "seven", "A", "192.0.2.7"), "no") == 0
    assert "192.0.2.7" not in one.served()
    assert one.rebuild() == 0
    assert "192.0.2.7" in one.served() and "3000000001" in one.served()
    # A record that is paused is sent as one more line of the same number.
    paused = record(7, "seven", "A", "192.0.2.7", suspended=True)
    assert announced()
    assert one.call("v-insert-dns-record", ACCOUNT, ZONE, paused, "no") == 0
    assert one.rebuild() == 0
    assert "192.0.2.7" not in one.served()
    assert one.listed()["7"]["SUSPENDED"] == "yes"
    assert announced()
    assert one.call("v-delete-dns-record", ACCOUNT, ZONE, "7", "no") == 0
    assert one.call("v-delete-dns-record", ACCOUNT, ZONE, "7", "no") == 3
    assert one.rebuild() == 0
    assert "7" not in one.listed()


def test_flush_as_it_arrives(one: Master) -> None:
    one.add(flush="")
    # An empty FLUSH vanishes and the next word takes its place: the zone must be new then.
    assert one.call("v-insert-dns-domain", ACCOUNT, line(), SOURCE, "", "no") == 4
    assert one.call("v-insert-dns-domain", ACCOUNT, line(EXP="2031-01-01"), SOURCE, "no") == 4
    assert one.send(ZONE, records(record(5, "five", "A", "192.0.2.5")), "records") == [0, 0, 0]
    assert one.rebuild() == 0
    assert "192.0.2.5" in one.served()
    assert one.call("v-insert-dns-domain", ACCOUNT, line(TTL="60"), SOURCE, "yes", "no") == 0
    assert one.rebuild() == 0
    assert json.loads(one.rpc.run("v-list-dns-domain", ACCOUNT, ZONE, "json")[1])[ZONE]["TTL"] == "60"
    assert "192.0.2.5" in one.served(), "the records stay"


def test_jobs_of_a_zone_that_is_gone(one: Master) -> None:
    one.add()
    before = one.served()
    # The empty line vanishes, and the name of the server stands in its place.
    assert one.call("v-insert-dns-domain", ACCOUNT, "", SOURCE, "domain", "no") != 0
    assert one.call("v-insert-dns-record", ACCOUNT, ZONE, "", "no") != 0
    assert one.call("v-insert-dns-records", ACCOUNT, ZONE, FILES.format("missing.test"), "no") == 0
    assert one.rebuild("missing.test") == 3
    assert one.rebuild() == 0
    assert one.served() == before


def test_a_zone_that_is_transferred(one: Master) -> None:
    one.add()
    asked = line(SLAVE="yes", MASTER="198.51.100.9")
    assert one.call("v-insert-dns-domain", ACCOUNT, asked, SOURCE, "yes", "no") == 0
    assert one.rebuild() == 0
    configuration = one.rpc.engine.applier.host.named.configuration(ZONE)
    assert "type secondary" in configuration and "198.51.100.9" in configuration
    copy = one.rpc.engine.applier.host.read(f"/var/lib/bind/copies/{ZONE}.db")
    assert copy is not None and b"192.0.2.10" in copy, "it is served until it is transferred"
    assert one.listed() == {}
    one.add()
    assert "192.0.2.10" in one.served()


def test_one_bad_record_takes_no_zone_out_of_service(one: Master) -> None:
    bad = (record(8, "www", "CNAME", "elsewhere.test."), record(9, "x", "A", "300.1.1.1"), "ID='1' $(id)")
    one.add(content=records(*bad, record(10, "ten", "A", "192.0.2.100")))
    assert "192.0.2.100" in one.served()
    assert set(one.listed()) == {"1", "2", "3", "10"}
    assert one.send(ZONE, record(1, "www", "A", "192.0.2.1"), "yes") == [0, 0, 0]
    assert one.rebuild() == 2, "no name server"
    assert "192.0.2.100" in one.served()


def test_values_that_cannot_be_served_take_no_zone_out_of_service(one: Master) -> None:
    odd = {"EXP": "2026-99-99", "SOA": "ns1_a.example.org", "TTL": "2147483648", "IP": "none", "TPL": "-"}
    late = record(5, "late", "A", "192.0.2.5") + " TTL='99999999999'"
    for content in (records(late), ""):
        # The second time only a record follows, as the reference sends one.
        assert one.call("v-insert-dns-domain", ACCOUNT, line(**odd), SOURCE, "domain", "no") == 0
        if content:
            assert one.put(ZONE, content) == 0
            assert one.call("v-insert-dns-records", ACCOUNT, ZONE, FILES.format(ZONE), "no") == 0
        else:
            six = record(6, "six", "A", "192.0.2.6") + " TTL='an hour'"
            assert one.call("v-insert-dns-record", ACCOUNT, ZONE, six, "no") == 0
        assert one.rebuild() == 0
    assert "192.0.2.10" in one.served() and "192.0.2.6" in one.served()
    shown = json.loads(one.rpc.run("v-list-dns-domain", ACCOUNT, ZONE, "json")[1])[ZONE]
    values = [shown[key] for key in ("EXP", "SOA", "TTL", "IP", "TPL")]
    assert values == ["2026-99-99", "ns1.example.org", str(2**31 - 1), "", ""]
    assert one.listed()["5"]["TTL"] == str(2**31 - 1)
    history = one.rpc.run("v-list-user-log", ACCOUNT)[1]
    assert "SOA ns1_a.example.org left out" in history and "TTL an hour left out" in history


def test_a_record_of_a_high_number_is_the_masters_to_delete(one: Master) -> None:
    high = str(2**40)
    one.add(content=records(record(int(high), "high", "A", "192.0.2.40")))
    assert "192.0.2.40" in one.served()
    assert one.call("v-insert-dns-domain", ACCOUNT, line(), SOURCE, "domain", "no") == 0
    assert one.call("v-delete-dns-record", ACCOUNT, ZONE, high, "no") == 0
    assert one.rebuild() == 0
    assert "192.0.2.40" not in one.served()


def test_a_paused_account_is_left_alone(one: Master) -> None:
    one.add()
    one.rpc.run("v-suspend-user", ACCOUNT)
    assert one.call("v-insert-dns-domain", ACCOUNT, line(), SOURCE, "yes", "no") == 5
    assert one.rebuild() == 0
    one.rpc.run("v-unsuspend-user", ACCOUNT)
    assert one.served()


def test_a_zone_that_is_deleted_before_it_was_served_does_not_come_back(one: Master) -> None:
    # The master was cut off before the rebuild, and the zone is deleted there before it tries again.
    assert one.send("cut.test", records(), "yes") == [0, 0, 0]
    assert one.call("v-delete-dns-domain", ACCOUNT, "cut.test", "yes") == 0
    assert one.call("v-delete-dns-domain", ACCOUNT, "cut.test", "yes") == 3
    one.add("changed.test")
    assert one.send("changed.test", records(record(9, "nine", "A", "192.0.2.9")), "yes") == [0, 0, 0]
    assert one.call("v-delete-dns-domain", ACCOUNT, "changed.test", "yes") == 0
    one.add("other.test")
    assert one.call("v-rebuild-dns-domains", ACCOUNT, "yes", "no") == 0
    assert [one.served(name) for name in ("cut.test", "changed.test")] == ["", ""]
    assert list(json.loads(one.rpc.run("v-list-dns-domains", ACCOUNT, "json")[1])) == ["other.test"]


def test_what_waits_never_touches_the_zone_of_another_account(one: Master) -> None:
    run = one.rpc.run
    assert run("v-add-user", "alice", "Pass12345", "alice@example.org") == (0, "")
    assert one.send("victim.test", records(), "yes") == [0, 0, 0]
    assert run("v-add-dns-domain", "alice", "victim.test", "198.18.0.1") == (0, "")
    before = one.served("victim.test")
    assert one.rebuild("victim.test") == 4
    one.add("other.test")
    assert one.call("v-rebuild-dns-domains", ACCOUNT, "yes", "no") == 0
    assert one.served("victim.test") == before
    assert "victim.test exists" in run("v-list-user-log", ACCOUNT)[1]
    assert run("v-delete-user", "alice") == (0, "")


def test_records_that_wait_for_a_zone_that_is_gone_stop_nobody(one: Master) -> None:
    assert one.send("gone.test", records(), "yes") == [0, 0, 0]
    # An engine of before has left such a row.
    left = update(dns_received).where(dns_received.c.domain == "gone.test").values(line="")
    change(one.rpc.engine, lambda tx: tx.execute(left))
    assert one.rebuild("gone.test") == 3
    one.add("other.test")
    assert one.call("v-rebuild-dns-domains", ACCOUNT, "yes", "no") == 0
    assert one.call("v-delete-dns-domain", ACCOUNT, "gone.test") == 0


def test_a_mark_ends_with_its_zone(one: Master) -> None:
    one.add("again.test")
    assert one.call("v-delete-dns-domains-src", ACCOUNT, SOURCE, "no") == 0
    assert one.call("v-delete-dns-domain", ACCOUNT, "again.test") == 0
    assert one.rpc.run("v-add-dns-domain", ACCOUNT, "again.test", "198.18.0.1") == (0, "")
    one.add("other.test")
    assert one.call("v-rebuild-dns-domains", ACCOUNT, "yes", "no") == 0
    assert one.served("again.test")


def due(engine: Engine) -> None:
    """The time of everything that waits for one has come."""
    change(engine, lambda tx: tx.execute(update(due_calls).values(at=int(time.time()) - 1)))


def waiting(engine: Engine) -> list[DueCall]:
    """The calls that wait for their time."""
    with engine.store.reading() as connection:
        return list(waiting_calls(State(connection, engine.dispatcher.context(ROOT, "127.0.0.1"))))


def test_what_is_dropped_is_kept_until_its_master_has_sent_nothing_for_a_while(one: Master) -> None:
    engine, names = one.rpc.engine, ["a.test", "b.test", "c.test"]
    for name in names:
        one.add(name)
    before = int(time.time())
    assert one.call("v-delete-dns-domains-src", ACCOUNT, SOURCE, "no") == 0
    (call,) = waiting(engine)
    assert before <= call.at - KEPT_FOR <= time.time()
    digests = one.rpc.run("v-list-dns-domains-src", ACCOUNT, SOURCE, "plain")[1]
    assert digests == "".join(f"{name}\t\n" for name in names), "a master that compares sends them"
    # Some of the time is over: the zone that comes now gives the others all of it again.
    change(engine, lambda tx: tx.execute(update(due_calls).values(at=call.at - 120)))
    one.add("a.test")
    (call,) = waiting(engine)
    assert before <= call.at - KEPT_FOR <= time.time()
    assert all(map(one.served, names))
    assert one.send("b.test", records(), " ") == [0, 0, 0]
    due(engine)
    until(lambda: one.served("c.test") == "")
    assert one.served("a.test") and one.served("b.test"), "one was served anew, one waits to be"
    # What is served changes before that is committed.
    until(lambda: waiting(engine) == [])
    assert one.rebuild("b.test") == 0
