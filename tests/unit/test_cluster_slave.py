"""A server of the reference copies zones to this one: its own sequences of calls, over HTTPS (``dns-cluster.md``)."""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import update
from tests.rpc_app import Rpc, running
from tests.unit.upstream_slave import make_certificate
from tests.waiting import until

from tholos.apply.writer import Work
from tholos.bootstrap import ROOT, Engine
from tholos.edges.http_server import tls
from tholos.kernel.due import DueCall, due_calls, waiting_calls
from tholos.kernel.tx import State, Tx
from tholos.resources.cluster.condemned import KEPT_FOR
from tholos.resources.cluster.model import dns_received

pytestmark = pytest.mark.skipif(shutil.which("openssl") is None, reason="certificates are made with openssl")
ACCOUNT, SOURCE, ZONE = "dns-cluster", "ns1.example.org", "wire.test"
FILES = "/tmp/vst-sync.{}"
STAMP = "SUSPENDED='no' TIME='10:00:00' DATE='2026-01-01'"
ARGUMENTS = 8


def line(name: str = ZONE, **values: str) -> str:
    """A zone's line as the reference stores it."""
    known = {"TTL": "14400", "EXP": "2030-01-01", "SERIAL": "3000000000", "SLAVE": "no", "MASTER": "", **values}
    return (
        f"DOMAIN='{name}' IP='192.0.2.1' TPL='default' TTL='{known['TTL']}' EXP='{known['EXP']}' "
        f"SOA='ns1.example.org' SERIAL='{known['SERIAL']}' SRC='' RECORDS='3' DNSSEC='no' KEY='' "
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


@pytest.fixture(scope="module")
def rpc(seeded: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rpc]:
    """A slave behind its own HTTPS."""
    certificate = make_certificate(tmp_path_factory.mktemp("slave"), "edge")
    with running(seeded, tls(*certificate)) as started:
        assert started.run("v-change-sys-config-value", "DNS_SYSTEM", "bind9") == (0, "")
        yield started


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


@pytest.fixture
def one(rpc: Rpc) -> Iterator[Master]:
    """As ``master``, let in by one way only."""
    assert rpc.run("v-add-user", ACCOUNT, "Pass12345", "dns@example.org") == (0, "")
    yield Master(rpc, {"hash": rpc.run("v-generate-api-key")[1].strip()})
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


SECOND = "ns1.second.example"


def sends(one: Master, name: str, source: str, flush: str = "yes") -> int:
    """What the slave says to a zone's line from a master."""
    return one.call("v-insert-dns-domain", ACCOUNT, line(name), source, flush, "no")


def test_a_zone_of_one_master_is_not_taken_by_another(one: Master) -> None:
    one.add("first.test")
    before = one.served("first.test")
    assert sends(one, "first.test", SECOND) == 4
    # A master that goes on after the refusal changes nothing either.
    assert one.call("v-insert-dns-record", ACCOUNT, "first.test", record(2, "www", "A", "203.0.113.66"), "no") == 3
    assert one.put("first.test", records(record(9, "evil", "A", "203.0.113.66"))) == 0
    assert one.call("v-insert-dns-records", ACCOUNT, "first.test", FILES.format("first.test"), "no") == 3
    assert one.rebuild("first.test") == 0
    assert one.served("first.test") == before
    code, text = one.rpc.run("v-insert-dns-domain", ACCOUNT, line("first.test"), SECOND)
    assert (code, f"v-delete-dns-domains-src {ACCOUNT} {SOURCE}" in text) == (4, True)
    # Neither while it waits, nor while its master sends everything anew.
    assert sends(one, "waits.test", SOURCE) == 0
    assert sends(one, "waits.test", SECOND) == 4
    assert one.call("v-delete-dns-domains-src", ACCOUNT, SOURCE, "no") == 0
    assert sends(one, "first.test", SECOND) == 4
    one.add("first.test", flush="no")


def test_a_zone_is_handed_over_without_a_gap(one: Master) -> None:
    one.add("given.test")
    one.add("left.test")
    assert one.rpc.run("v-delete-dns-domains-src", ACCOUNT, SOURCE, "no") == (0, "")
    assert sends(one, "given.test", SECOND) == 0
    assert one.served("given.test")
    assert one.call("v-rebuild-dns-domains", ACCOUNT, "yes", "no") == 0
    assert one.served("given.test")
    assert one.served("left.test") == ""
    assert sends(one, "given.test", SOURCE) == 4
    assert sends(one, "given.test", SECOND) == 0


def test_a_zone_that_was_added_here_is_no_masters(one: Master) -> None:
    assert one.rpc.run("v-add-dns-domain", ACCOUNT, "own.test", "198.18.0.1") == (0, "")
    assert sends(one, "own.test", SOURCE) == 4
    # The account adds it while it waits.
    assert one.send("late.test", records(), "yes") == [0, 0, 0]
    assert one.rpc.run("v-add-dns-domain", ACCOUNT, "late.test", "198.18.0.1") == (0, "")
    assert one.rebuild("late.test") == 4


@pytest.mark.parametrize("name", ["com", "co.uk", "arpa", "localhost", "xn--p1ai"])
def test_a_suffix_is_no_zone_of_a_master(one: Master, name: str) -> None:
    assert sends(one, name, SOURCE) == 2


def test_names_that_are_reserved_or_somebody_elses(one: Master) -> None:
    run = one.rpc.run
    assert run("v-add-user", "alice", "Pass12345", "alice@example.org") == (0, "")
    for call in (
        ("v-change-sys-hostname", "slave.hoster.example"),
        ("v-add-dns-domain", "alice", "alice.test", "198.18.0.1"),
        ("v-add-dns-domain", "alice", "dept.example.test", "198.18.0.1"),
    ):
        assert run(*call) == (0, "")
    one.add("first.test")
    names = ("github.io", "slave.hoster.example", "shop.alice.test", "a.dept.example.test")
    assert {name: sends(one, name, SOURCE) for name in names} == dict.fromkeys(names, 4)
    assert sends(one, "shop.first.test", SOURCE) == 0
    assert sends(one, "more.first.test", SECOND) == 4
    assert sends(one, "hoster.example", SECOND) == 0
    # Two that wait: whoever is served first has the names below.
    assert [sends(one, "late.test", SOURCE), sends(one, "below.late.test", SECOND)] == [0, 0]
    assert [one.put("late.test", records()), one.put("below.late.test", records())] == [0, 0]
    for name in ("late.test", "below.late.test"):
        assert one.call("v-insert-dns-records", ACCOUNT, name, FILES.format(name), "no") == 0
    assert [one.rebuild("late.test"), one.rebuild("below.late.test")] == [0, 4]
    assert run("v-change-sys-config-value", "ENFORCE_SUBDOMAIN_OWNERSHIP", "no") == (0, "")
    assert sends(one, "shop.alice.test", SOURCE) == 0
    assert run("v-change-sys-config-value", "ENFORCE_SUBDOMAIN_OWNERSHIP", "yes") == (0, "")
    assert run("v-delete-user", "alice") == (0, "")


def test_a_masters_key_reaches_only_what_came_from_a_master(rpc: Rpc, one: Master) -> None:
    key = rpc.add_key("admin", "sync-dns-cluster", "cluster", "json")
    master = Master(rpc, {"hash": f"{key.key}:{key.secret}"})
    assert rpc.run("v-add-user", "alice", "Pass12345", "alice@example.org") == (0, "")
    assert rpc.run("v-add-dns-domain", "alice", "alice.test", "198.18.0.1") == (0, "")
    before = rpc.run("v-list-dns-records", "alice", "alice.test", "json")
    refused = {
        ("v-insert-dns-domain", "alice", line("alice.test"), SOURCE, "yes", "no"): 4,
        ("v-insert-dns-domain", "alice", line("new.test")): 2,
        ("v-insert-dns-record", "alice", "alice.test", record(2, "www", "A", "203.0.113.66"), "no"): 3,
        ("v-insert-dns-records", "alice", "alice.test", FILES.format("alice.test"), "no"): 3,
        ("v-delete-dns-record", "alice", "alice.test", "9", "no"): 3,
        ("v-delete-dns-domain", "alice", "alice.test", "yes"): 3,
        ("v-rebuild-dns-domain", "alice", "alice.test", "yes", "no"): 3,
    }
    assert {call: master.call(*call) for call in refused} == refused
    assert rpc.run("v-list-dns-records", "alice", "alice.test", "json") == before
    assert rpc.run("v-delete-user", "alice") == (0, "")


def test_a_masters_key_reaches_no_zone_of_another_master(rpc: Rpc, one: Master) -> None:
    first, second, new = (
        Master(rpc, {"hash": f"{key.key}:{key.secret}"})
        for key in (rpc.add_key("admin", "sync-dns-cluster", name, "json") for name in ("first", "second", "new"))
    )
    first.add("first.test")
    assert sends(second, "second.test", SECOND) == 0
    # A customer of the second adds and deletes a zone of the name there.
    assert sends(second, "first.test", SECOND) == 4
    assert second.call("v-delete-dns-record", ACCOUNT, "first.test", "2", "no") == 3
    assert second.call("v-delete-dns-domain", ACCOUNT, "first.test", "yes") == 3
    assert second.call("v-delete-dns-domains-src", ACCOUNT, SOURCE) == 0
    assert "192.0.2.10" in first.served("first.test")
    assert second.call("v-delete-dns-domain", ACCOUNT, "second.test", "yes") == 0
    assert first.call("v-delete-dns-record", ACCOUNT, "first.test", "2", "no") == 2, "it is the last of its type"
    # The first master has got another key meanwhile.
    assert new.call("v-delete-dns-domain", ACCOUNT, "first.test", "yes") == 0
    assert first.served("first.test") == ""


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
    assert waiting(engine) == []
    assert one.rebuild("b.test") == 0
