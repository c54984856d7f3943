"""Records of another server that make a zone together: the others are left out, each with what is wrong about it."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

from tholos.resources.cluster.received import LeftOut, ReceivedRecord
from tholos.resources.dns.content import Content
from tholos.resources.dns.zone import Entry, Unsound, ZoneData, master_file

_ADDRESSES, _SERVERS = ("A", "AAAA"), ("NS",)
_ANY_SERVER = Entry("@", Content("NS", None, "ns.invalid."), None)
"""A name server outside of every zone: with it, only what is added can be wrong."""


def sound(zone: ZoneData, records: Sequence[ReceivedRecord]) -> tuple[list[ReceivedRecord], list[LeftOut]]:
    """The records with which BIND loads the zone, in their order, and those with which it would not.

    Addresses are tried first and name servers last, because these need those. Only a zone with something wrong in it
    costs more than one look: then halves are tried, down to the single record.
    """
    with suppress(Unsound):
        # So the zone will be printed, too: this look is the only one then.
        in_order = sorted((record for record in records if not record.suspended), key=lambda record: record.number)
        master_file(zone._replace(entries=tuple(_entry(record) for record in in_order)))
        return list(records), []
    active = sorted((record for record in records if not record.suspended), key=_rank)
    left_out: dict[int, str] = {}
    _take(zone._replace(entries=(_ANY_SERVER,)), active, left_out)
    kept = [record for record in records if record.number not in left_out]
    return kept, [LeftOut(f"record {number}", reason) for number, reason in sorted(left_out.items())]


def _rank(record: ReceivedRecord) -> int:
    return 0 if record.content.type in _ADDRESSES else 2 if record.content.type in _SERVERS else 1


def _take(zone: ZoneData, records: Sequence[ReceivedRecord], left_out: dict[int, str]) -> ZoneData:
    """The zone with those of the records that fit; the others are noted."""
    whole = zone._replace(entries=(*zone.entries, *(_entry(record) for record in records)))
    try:
        master_file(whole)
    except Unsound as problem:
        if len(records) == 1:
            left_out[records[0].number] = str(problem)
            return zone
        half = len(records) // 2
        return _take(_take(zone, records[:half], left_out), records[half:], left_out)
    return whole


def _entry(record: ReceivedRecord) -> Entry:
    return Entry(record.record, record.content, record.ttl)
