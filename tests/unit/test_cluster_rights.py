"""Which zones a master may bring to a slave, and which it reaches there: several share one, and accounts are on it."""

from __future__ import annotations

import pytest
from tests.rpc_app import Rpc
from tests.unit.upstream_master import (
    ACCOUNT,
    FILES,
    SOURCE,
    Master,
    line,
    one,
    record,
    records,
    rpc,
    sends,
)
from tests.unit.upstream_slave import NEEDED

__all__ = ["one", "rpc"]

pytestmark = NEEDED
SECOND = "ns1.second.example"


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
    assert one.put("given.test", records()) == 0
    assert one.call("v-insert-dns-records", ACCOUNT, "given.test", FILES.format("given.test"), "no") == 0
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


def keyed(rpc: Rpc, *names: str) -> list[Master]:
    """Masters with keys of their own, of the profile for them."""
    keys = (rpc.add_key("admin", "sync-dns-cluster", name, "json") for name in names)
    return [Master(rpc, {"access_key": key.key, "secret_key": key.secret}) for key in keys]


def brings(master: Master, name: str, source: str) -> None:
    """A master copies a zone, record by record."""
    assert sends(master, name, source) == 0
    for each in records().split("\n"):
        assert master.call("v-insert-dns-record", ACCOUNT, name, each, "no") == 0
    assert master.rebuild(name) == 0


def test_a_masters_key_reaches_no_zone_of_another_master(rpc: Rpc, one: Master) -> None:
    first, second = keyed(rpc, "first", "second")
    first.add("first.test")
    # A customer of the second, which has brought nothing yet, adds and deletes a zone of the name there.
    for _ in range(2):
        assert sends(second, "first.test", SECOND) == 4
        assert second.call("v-delete-dns-record", ACCOUNT, "first.test", "2", "no") == 3
        assert second.call("v-delete-dns-domain", ACCOUNT, "first.test", "yes") == 3
        assert second.call("v-delete-dns-domains-src", ACCOUNT, SOURCE) == 0
        assert "192.0.2.10" in first.served("first.test")
        # It brings one and takes its last one away again: that changes nothing.
        brings(second, "second.test", SECOND)
        assert second.call("v-delete-dns-domain", ACCOUNT, "second.test", "yes") == 0
    assert first.call("v-delete-dns-record", ACCOUNT, "first.test", "2", "no") == 2, "it is the last of its type"


def test_a_source_is_that_of_the_key_that_brings_it(rpc: Rpc, one: Master) -> None:
    first, second = keyed(rpc, "first", "second")
    first.add("first.test")
    brings(second, "second.test", SECOND)
    # The second says that it is the first.
    assert sends(second, "more.test", SOURCE) == 4
    assert second.call("v-delete-dns-domain", ACCOUNT, "first.test", "yes") == 3
    assert first.served("first.test")


def test_a_zone_of_another_master_that_waits_is_out_of_reach(rpc: Rpc, one: Master) -> None:
    first, second = keyed(rpc, "first", "second")
    assert sends(first, "waits.test", SOURCE) == 0
    assert second.call("v-delete-dns-domain", ACCOUNT, "waits.test", "yes") == 3
    evil = record(9, "evil", "A", "203.0.113.66")
    assert second.call("v-insert-dns-record", ACCOUNT, "waits.test", evil, "no") == 3
    assert second.put("waits.test", records(evil)) == 0
    assert second.call("v-insert-dns-records", ACCOUNT, "waits.test", FILES.format("waits.test"), "no") == 3
    assert second.rebuild("waits.test") != 0
    assert first.put("waits.test", records()) == 0
    assert first.call("v-insert-dns-records", ACCOUNT, "waits.test", FILES.format("waits.test"), "no") == 0
    assert first.rebuild("waits.test") == 0
    assert "192.0.2.10" in first.served("waits.test")
    assert "evil" not in first.served("waits.test")


def test_a_list_by_source_shows_a_master_no_names_of_another(rpc: Rpc, one: Master) -> None:
    first, second = keyed(rpc, "first", "second")
    first.add("first.test")

    def listed(master: Master) -> str:
        asked = {"cmd": "v-list-dns-domains-src", "arg1": ACCOUNT, "arg2": SOURCE, "arg3": "plain"}
        return rpc.post(master.proof | asked).body.strip()

    assert listed(first).startswith("first.test")
    assert listed(second) == ""
    assert listed(first).startswith("first.test")
    assert one.rpc.run("v-list-dns-domains-src", ACCOUNT, SOURCE, "plain")[1].startswith("first.test")


def test_a_master_goes_on_with_another_key_once_its_old_one_is_deleted(rpc: Rpc, one: Master) -> None:
    first, new = keyed(rpc, "first", "new")
    first.add("first.test")
    asked = {"cmd": "v-insert-dns-domain", "arg1": ACCOUNT, "arg2": line("first.test"), "arg3": SOURCE}
    assert "v-delete-access-key" in rpc.post(new.proof | asked).body
    assert new.call("v-delete-dns-domain", ACCOUNT, "first.test", "yes") == 3
    assert rpc.run("v-delete-access-key", first.proof["access_key"]) == (0, "")
    assert sends(new, "first.test", SOURCE) == 0
    assert new.call("v-delete-dns-domain", ACCOUNT, "first.test", "yes") == 0
    assert new.served("first.test") == ""


def test_what_a_master_of_all_rights_brought_is_not_anothers(rpc: Rpc, one: Master) -> None:
    (second,) = keyed(rpc, "second")
    one.add("first.test")
    brings(second, "second.test", SECOND)
    assert second.call("v-delete-dns-domain", ACCOUNT, "first.test", "yes") == 3
    assert second.call("v-delete-dns-domains-src", ACCOUNT, SOURCE) == 0
    assert one.served("first.test")


def test_two_masters_compare_in_one_account_at_the_same_time(rpc: Rpc, one: Master) -> None:
    first, second = (
        Master(rpc, {"hash": f"{key.key}:{key.secret}"})
        for key in (rpc.add_key("admin", "sync-dns-cluster", name, "json") for name in ("first", "second"))
    )
    first.add("a.test")
    first.add("b.test")
    assert first.call("v-delete-dns-domains-src", ACCOUNT, SOURCE, "no") == 0
    assert sends(first, "a.test", SOURCE, " ") == 0
    # The second is over before the first has sent all of its zones, and all of this one.
    assert sends(second, "second.test", SECOND) == 0
    assert second.put("second.test", records()) == 0
    assert second.call("v-insert-dns-records", ACCOUNT, "second.test", FILES.format("second.test"), "no") == 0
    assert second.call("v-rebuild-dns-domains", ACCOUNT, "yes", "no") == 0
    assert all(map(first.served, ("a.test", "b.test", "second.test")))
    assert first.put("a.test", records(record(9, "new", "A", "192.0.2.9"))) == 0
    assert first.call("v-insert-dns-records", ACCOUNT, "a.test", FILES.format("a.test"), "no") == 0
    assert first.call("v-rebuild-dns-domains", ACCOUNT, "yes", "no") == 0
    assert "192.0.2.9" in first.served("a.test")
    assert (first.served("b.test"), bool(first.served("second.test"))) == ("", True)
