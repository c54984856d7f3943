"""What zones cost that somebody has made to cost much: work that grows with their records alone, and little memory."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable

import pytest
from tests.conftest import call
from tests.steps import steps

from tholos.bootstrap import Engine
from tholos.resources.cluster.received import ReceivedRecord
from tholos.resources.cluster.sound import sound
from tholos.resources.dns import content as contents
from tholos.resources.dns import served
from tholos.resources.dns import zone as zones
from tholos.resources.dns.content import Content, content
from tholos.resources.dns.kept import MOST_BYTES, KeptNames
from tholos.resources.dns.zone import ZoneData, entry_of, faults, master_file

pytestmark = pytest.mark.thorough

MIB = 1024 * 1024
SERVER = ("@", "NS", "ns.x.test")


def _zone(name: str, *entries: tuple[str, str, str]) -> ZoneData:
    return ZoneData(name, "ns.x.test", 1, 60, tuple(entry_of(one, content(*said), None) for one, *said in entries))


def _hosts(number: int) -> list[tuple[str, str, str]]:
    return [(f"h{one}", "A", "192.0.2.1") for one in range(number)]


def _deep(number: int, zone: str) -> list[tuple[str, str, str]]:
    return [("@", "NS", f"n{one}.{'a.' * 110}{zone}") for one in range(number)]


def _again(zone: ZoneData) -> int:
    """What a zone costs that was printed before, when one record of it is another one."""
    master_file(zone)
    changed = zone._replace(serial=2, entries=(*zone.entries[:-1], entry_of("new", content("A", "192.0.2.2"), None)))
    return steps(lambda: master_file(changed))


def test_name_servers_with_many_labels_cost_as_much_as_others() -> None:
    every = ("*", "A", "192.0.2.1")
    shallow = _zone("shallow.test", SERVER, every, *_hosts(300))
    deep = _zone("deep.test", every, *_deep(12, "deep.test"), *_hosts(300))
    names = [(f"{one[0]}.{'a.' * 100}b", *one[1:]) for one in _hosts(300)]
    both = _zone("both.test", every, *_deep(12, "both.test"), *names)
    few = _again(shallow)
    assert _again(deep) < 4 * few
    assert _again(both) < 4 * few


def _copied(number: int) -> tuple[ZoneData, list[ReceivedRecord]]:
    """A zone of another server in which each name has an address and is another name for something else."""
    hosts = [content("A", "192.0.2.1"), content("CNAME", "x.test")]
    said = [("@", content("NS", "ns.x.test")), *((f"h{one}", has) for has in hosts for one in range(number))]
    records = [ReceivedRecord(id, record, has, None, False) for id, (record, has) in enumerate(said, start=1)]
    return ZoneData(f"copied{number}.test", "ns.x.test", 1, 60, ()), records


def test_twice_as_many_bad_records_of_another_server_cost_twice_as_much() -> None:
    def left_out(number: int) -> Callable[[], object]:
        zone, records = _copied(number)

        def work() -> None:
            kept, wrong = sound(zone, records)
            assert (len(kept), len(wrong)) == (1 + number, number)

        return work

    few, many = left_out(100), left_out(400)
    assert steps(many) < 5 * steps(few)


def test_of_records_that_do_not_go_together_each_is_named() -> None:
    zone = _zone("wrong.test", SERVER, ("a", "A", "192.0.2.1"), ("a", "CNAME", "x.test"), ("b", "CNAME", "x.test"))
    aliases = _zone("", ("b", "CNAME", "y.test"), ("@", "CNAME", "x.test")).entries
    outside = (entry_of("x.other.test.", Content("A", None, "192.0.2.1"), None),)
    lame = _zone("", ("@", "NS", "ns.wrong.test"), ("@", "NS", "b.wrong.test")).entries
    assert dict(faults(zone._replace(entries=(*zone.entries, *aliases, *outside, *lame)))) == {
        2: "a.wrong.test.: a CNAME record stands alone",
        4: "b: a name has one CNAME record",
        5: "wrong.test.: a CNAME record stands alone",
        6: "x.other.test. is not in the zone",
        7: "the name server ns.wrong.test. has no address in the zone",
        8: "the name server b.wrong.test. is a CNAME",
    }


def test_a_zone_without_name_servers_is_no_entrys_fault() -> None:
    assert dict(faults(_zone("none.test", *_hosts(2)))) == {}


LARGE = [(f"t{one}", "TXT", f"{one:04d}{'x' * 20_000}") for one in range(10)]


def _grown(change: Callable[[ZoneData, int], ZoneData], changes: int) -> int:
    """How many bytes more are held after changes of one zone."""
    zone = _zone("large.test", SERVER, *LARGE)
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        for number in range(changes):
            zone = change(zone, number)
            master_file(zone)
        return tracemalloc.get_traced_memory()[0] - before
    finally:
        tracemalloc.stop()


def _another_text(zone: ZoneData, number: int) -> ZoneData:
    entries = list(zone.entries)
    place = 1 + number % 10
    entries[place] = entry_of(entries[place][0], content("TXT", f"{number:04d}{'y' * 20_000}"), None)
    return zone._replace(entries=tuple(entries), serial=number)


@pytest.mark.parametrize("change", [_another_text, lambda zone, number: zone._replace(ttl=300 + number)])
def test_changes_of_a_large_zone_take_no_more_memory_than_the_zone(change: Callable[[ZoneData, int], ZoneData]) -> None:
    assert _grown(change, 120) < 6 * MIB


def test_very_many_large_zones_keep_no_more_than_a_few(monkeypatch: pytest.MonkeyPatch) -> None:
    assert zones.KEPT.size <= MOST_BYTES
    monkeypatch.setattr(zones, "KEPT", KeptNames(MIB))
    for number in range(8):
        master_file(_zone(f"large{number}.test", SERVER, *LARGE))
    assert 0 < zones.KEPT.size <= MIB
    assert contents.DATA.size <= 2 * MIB


def test_a_zone_that_is_too_large_to_be_kept_is_kept_in_part(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zones, "KEPT", KeptNames(100_000))
    zone = _zone("part.test", SERVER, *_hosts(1000))
    whole = steps(lambda: master_file(zone))
    assert 0 < zones.KEPT.size <= 100_000
    assert steps(lambda: master_file(zone._replace(serial=2))) < whole


def test_what_is_kept_is_what_is_printed() -> None:
    zone = _zone("same.test", SERVER, *_hosts(3))
    mixed = (entry_of("m", content("A", "192.0.2.1"), 500), entry_of("m", content("A", "192.0.2.2"), None))
    zone = zone._replace(entries=(*zone.entries, *mixed))
    for ttl in (60, 900, 60):
        text = master_file(zone._replace(ttl=ttl)).decode()
        assert f"h0 {ttl} IN A 192.0.2.1\n" in text
        assert f"m {min(ttl, 500)} IN A 192.0.2.2\n" in text
        assert master_file(zone._replace(ttl=ttl, zone=f"same{ttl}.test")).decode().count(f" {ttl} IN A ") >= 3
    assert "h1" not in master_file(zone._replace(entries=(*zone.entries[:2], *zone.entries[3:]))).decode()


def test_records_are_added_up_to_a_size_of_their_zone(town: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    def said(command: str, *values: str) -> tuple[int, str]:
        code, text = call(town, command, "alice", "full.test", *values)
        return code, text.partition(" ::")[0].strip()

    assert said("v-add-dns-domain", "198.18.0.1") == (0, "")
    monkeypatch.setattr(served, "LARGEST", 2_500)
    full = (8, "Error: dns domain full.test is full")
    assert said("v-add-dns-record", "a", "TXT", "x" * 1_000, "", "50") == (0, "")
    assert said("v-suspend-dns-record", "50") == (0, "")
    assert said("v-add-dns-record", "b", "TXT", "x" * 1_000, "", "51") == (0, "")
    assert said("v-unsuspend-dns-record", "50") == full
    assert said("v-change-dns-record", "51", "b", "TXT", "x" * 1_900) == full
    assert said("v-change-dns-record", "50", "a", "TXT", "x" * 1_000) == full
    assert said("v-add-dns-record", "c", "TXT", "x" * 1_000) == full
    # What is too large already can be made smaller, and all else about it can be changed.
    monkeypatch.setattr(served, "LARGEST", 300)
    assert said("v-change-dns-domain-ttl", "60") == (0, "")
    assert said("v-change-dns-record", "51", "b", "TXT", "y" * 999) == (0, "")
    assert said("v-delete-dns-record", "51") == (0, "")
    assert said("v-add-dns-record", "d", "A", "192.0.2.1") == full
