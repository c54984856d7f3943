"""What a server of the reference is sent when zones are copied to it, call by call (``dns-cluster.md``)."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import urllib3
from tests.conftest import ADDRESS, call, copied
from tests.unit.upstream_slave import ACCOUNT, KEY, LEGACY, LOGIN, NEEDED, Slave, make_certificate, serving
from tests.waiting import until

from tholos.bootstrap import Engine
from tholos.jobs import api, cluster
from tholos.jobs.slave import Address
from tholos.kernel.view import words
from tholos.resources.cluster.lines import parse_line

pytestmark = [
    pytest.mark.thorough,
    NEEDED,
    pytest.mark.filterwarnings("ignore::urllib3.exceptions.InsecureRequestWarning"),
]
HOST, ZONE = "127.0.0.1", "wire.test"
PATH = f"/tmp/vst-sync.{ZONE}"
LINE = words("DOMAIN IP TPL TTL EXP SOA SERIAL SRC RECORDS DNSSEC KEY SLAVE MASTER SUSPENDED TIME DATE")
RECORD = words("ID RECORD TYPE PRIORITY VALUE SUSPENDED TIME DATE")
Run = Callable[..., tuple[int, str]]


@pytest.fixture
def slave(tmp_path: Path) -> Iterator[Slave]:
    """A server of the reference; every call to it had the form that it expects."""
    with serving(tmp_path) as started:
        yield started
        assert started.wrong == []


@pytest.fixture
def master(peopled: Path) -> Iterator[Engine]:
    """A node that really speaks to other servers."""
    with copied(peopled) as engine:
        engine.cluster._connect = lambda kind, address: api.ApiSlave(address)
        assert call(engine, "v-change-sys-config-value", "DNS_SYSTEM", "bind9") == (0, "")
        yield engine


@pytest.fixture
def run(master: Engine, slave: Slave) -> Run:
    """Call a command of the node that copies to the server."""

    def act(command: str, *values: str) -> tuple[int, str]:
        return call(master, command, *values)

    return act


def join(run: Run, slave: Slave, *proof: str) -> tuple[int, str]:
    """Have the server be copied to."""
    return run("v-add-remote-dns-host", HOST, str(slave.port), *(proof or (KEY,)))


def hosts(run: Run) -> dict[str, dict[str, str]]:
    """What is said of the servers."""
    return dict(json.loads(run("v-list-remote-dns-hosts", "json")[1] or "{}"))


def settle(run: Run) -> None:
    """Wait until the server has everything."""
    until(lambda: hosts(run)[HOST], right=lambda shown: shown["STATE"] == "in step")


def add_zone(run: Run, name: str = ZONE) -> None:
    """Add a zone, and wait until the server has it."""
    assert run("v-add-dns-domain", "alice", name, ADDRESS) == (0, "")
    settle(run)


@pytest.mark.parametrize("proof", [(KEY,), (LEGACY,), (LOGIN["user"], LOGIN["password"])])
def test_a_server_joins_and_is_sent_a_zone_in_the_order_of_the_reference(
    run: Run, slave: Slave, master: Engine, proof: tuple[str, ...]
) -> None:
    assert join(run, slave, *proof) == (0, "")
    alive, account = ("v-list-sys-config",), ("v-list-user", ACCOUNT)
    assert slave.heard()[:3] == [alive, account, ("v-add-cron-restart-job",)]
    add_zone(run)
    source = master.dispatcher.machine.read("facts").hostname
    heard = slave.heard()
    line, content = slave.lines[ZONE], slave.records[ZONE].removesuffix("\n")
    assert heard[0] == account
    assert heard[-4:] == [
        ("v-insert-dns-domain", ACCOUNT, line, source, "yes", "no"),
        ("v-make-tmp-file", content, PATH),
        ("v-insert-dns-records", ACCOUNT, ZONE, PATH, "no"),
        ("v-rebuild-dns-domain", ACCOUNT, ZONE, "yes", "no"),
    ]
    assert list(parse_line(line)) == list(LINE)
    first = parse_line(content.splitlines()[0])
    assert list(first) == list(RECORD)
    assert (first["TYPE"], first["VALUE"].endswith(".")) == ("NS", True)
    assert slave.served == {ZONE}


def test_changes_of_a_zone_and_its_records(run: Run, slave: Slave) -> None:
    join(run, slave)
    add_zone(run)
    for command, value in (("soa", "ns9.example.org"), ("ttl", "3600"), ("exp", "2033-03-03"), ("ip", "192.0.2.77")):
        assert run(f"v-change-dns-domain-{command}", "alice", ZONE, value) == (0, "")
    run("v-add-dns-record", "alice", ZONE, "txt", "TXT", f"it's {'x' * 300}", "", "99", "", "60")
    settle(run)
    zone = slave.zone(ZONE)
    assert [zone[key] for key in ("SOA", "TTL", "EXP", "IP")] == ["ns9.example.org", "3600", "2033-03-03", "192.0.2.77"]
    text = next(parse_line(line) for line in slave.records[ZONE].splitlines() if "ID='99'" in line)
    assert (text["TTL"], "%quote%" in text["VALUE"], text["VALUE"][0]) == ("60", True, '"')
    for command in ("v-suspend-dns-record", "v-unsuspend-dns-record"):
        assert run(command, "alice", ZONE, "99") == (0, "")
        settle(run)
        assert slave.numbers(ZONE).count("99") == 1
    assert run("v-delete-dns-record", "alice", ZONE, "99") == (0, "")
    settle(run)
    assert "99" not in slave.numbers(ZONE)
    assert run("v-suspend-dns-domain", "alice", ZONE) == (0, "")
    settle(run)
    assert slave.zone(ZONE)["SUSPENDED"] == "yes"


def test_a_zone_that_goes_and_one_that_is_gone_already(run: Run, slave: Slave) -> None:
    join(run, slave)
    add_zone(run)
    add_zone(run, "gone.test")
    slave._forget("gone.test")
    slave.heard()
    run("v-delete-dns-domain", "alice", ZONE)
    run("v-delete-dns-domain", "alice", "gone.test")
    settle(run)
    heard = [one for one in slave.heard() if one[0] != "v-list-user"]
    assert sorted(heard) == sorted(("v-delete-dns-domain", ACCOUNT, name, "yes") for name in (ZONE, "gone.test"))
    assert slave.lines == {}


def test_many_zones_are_rebuilt_together_and_what_is_in_step_is_not_sent_again(run: Run, slave: Slave) -> None:
    names = [f"many{number}.test" for number in range(12)]
    for name in names:
        assert run("v-add-dns-domain", "alice", name, ADDRESS) == (0, "")
    join(run, slave)
    settle(run)
    heard = slave.heard()
    assert heard[-1] == ("v-rebuild-dns-domains", ACCOUNT, "yes", "no")
    assert not [one for one in heard if one[0] in ("v-rebuild-dns-domain", "v-delete-dns-domains-src")]
    assert slave.served >= set(names)
    assert run("v-sync-dns-cluster") == (0, "")
    assert {one[0] for one in slave.heard()} == {"v-list-user"}
    assert run("v-add-remote-dns-domain", "alice", names[0]) == (0, "")
    assert [one[0] for one in slave.heard()][-1] == "v-rebuild-dns-domain"


def test_a_server_that_leaves_has_nothing_of_ours_any_more(run: Run, slave: Slave, master: Engine) -> None:
    join(run, slave)
    add_zone(run)
    slave.sources["theirs.test"] = slave.lines["theirs.test"] = "another"
    slave.heard()
    assert run("v-delete-remote-dns-host", HOST) == (0, "")
    source = master.dispatcher.machine.read("facts").hostname
    assert slave.heard() == [
        ("v-delete-dns-domains-src", ACCOUNT, source, "no"),
        ("v-rebuild-dns-domains", ACCOUNT, "yes"),
    ]
    assert set(slave.lines) == {"theirs.test"}
    assert run("v-sync-dns-cluster")[0] == 11


def test_zones_that_are_transferred_are_only_named(run: Run, slave: Slave, master: Engine) -> None:
    join(run, slave)
    add_zone(run)
    slave.heard()
    assert run("v-change-sys-config-value", "DNS_CLUSTER_SYSTEM", "hestia-zone") == (0, "")
    settle(run)
    zone = slave.zone(ZONE)
    assert (zone["SLAVE"], zone["MASTER"], slave.records[ZONE]) == ("yes", ADDRESS, "")
    assert [one[0] for one in slave.heard() if one[0] != "v-list-user"] == [
        "v-insert-dns-domain",
        "v-rebuild-dns-domain",
    ]
    assert f"acl tholos-peers {{ {HOST}; }};" in peers(master)
    run("v-add-dns-record", "alice", ZONE, "new", "A", "192.0.2.1")
    settle(run)
    assert "v-insert-dns-domain" not in [one[0] for one in slave.heard()]
    run("v-delete-remote-dns-host", HOST)
    assert "acl tholos-peers { none; };" in peers(master)


def peers(master: Engine) -> str:
    """Who may copy zones, as the name server is told."""
    return (master.applier.host.read("/etc/bind/tholos/peers.conf") or b"").decode()


def threads() -> list[str]:
    """The names of the threads that there are."""
    return [thread.name for thread in threading.enumerate()]


def test_the_thread_of_a_server_ends_when_there_is_nothing_to_do(
    run: Run, slave: Slave, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cluster, "IDLE", 0.05)
    join(run, slave)
    for name in (ZONE, "second.test"):
        add_zone(run, name)
        until(threads, right=lambda names: f"dns {HOST}" not in names)
    assert slave.served == {ZONE, "second.test"}


def test_certificates(run: Run, slave: Slave, tmp_path: Path) -> None:
    other = Slave(make_certificate(tmp_path, "other")[0])
    for trust in (other.fingerprint, "system"):
        code, text = join(run, slave, KEY, "", "", "", trust)
        assert (code, KEY[21:] in text) == (15, False)
    assert slave.calls == []
    assert join(run, slave, KEY, "", "", "", slave.fingerprint) == (0, "")


@pytest.mark.parametrize("answer", ["Error: something", "<html>busy</html>", "9", "10", "21", "3", "12345678"])
def test_a_server_that_does_not_let_us_in_is_not_remembered(run: Run, slave: Slave, answer: str) -> None:
    slave.answer = answer
    code, text = join(run, slave)
    assert (code, KEY[21:] in text) == (15, False)
    assert hosts(run) == {}


def test_what_one_zone_has_against_it_is_named_and_the_others_are_sent(run: Run, slave: Slave) -> None:
    join(run, slave)
    slave.served.clear()
    act = slave._insert_dns_records
    slave._insert_dns_records = lambda name, *more: 2 if name == ZONE else act(name, *more)  # type: ignore[method-assign]
    for name in (ZONE, "fine.test"):
        run("v-add-dns-domain", "alice", name, ADDRESS)
    until(lambda: slave.served, right=lambda served: "fine.test" in served)
    # What it has taken is written down a moment later.
    shown = until(lambda: hosts(run)[HOST], right=lambda shown: (shown["STATE"], shown["PENDING"]) == ("refusing", "1"))
    assert shown["LAST_ERROR"] == f"{ZONE}: v-insert-dns-records failed with exit code 2"
    del slave._insert_dns_records
    assert run("v-add-remote-dns-domain", "alice", ZONE) == (0, "")
    assert ZONE in slave.served


def test_a_server_that_takes_its_time_is_waited_for(slave: Slave) -> None:
    connection = api.ApiSlave(Address(HOST, slave.port, "", KEY, slave.fingerprint))
    assert connection.call("v-list-user", ACCOUNT) == 0
    # The connection is there, so that only the answer takes its time.
    connection._pool.timeout = urllib3.Timeout(connect=0.1, read=api.READ)
    slave.pause = 1.0
    assert connection.call("v-list-user", ACCOUNT) == 0
    connection.close()
