"""Records of another server that make a zone together: the others are left out, each with what is wrong about it."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

from tholos.resources.cluster.received import LeftOut, ReceivedRecord
from tholos.resources.dns.zone import Unsound, ZoneData, entry_of, faults, master_file

_ADDRESSES, _SERVERS = ("A", "AAAA"), ("NS",)


Parted = tuple[Sequence[ReceivedRecord], Sequence[LeftOut]]
"""Records that make a zone together, and those that do not make one with them."""


def sound(zone: ZoneData, records: Sequence[ReceivedRecord]) -> Parted:
    """The records with which BIND loads the zone, in their order, and those with which it would not.

    Addresses come first and name servers last, because these need those. A zone with something wrong in it costs two
    looks more, however much is wrong.
    """
    if _is_printed(zone, records):
        return records, []
    active = sorted((record for record in records if not record.suspended), key=_rank)
    left_out = {active[place].number: problem for place, problem in faults(_with(zone, active))}
    kept = [record for record in records if record.number not in left_out]
    _is_printed(zone, kept)
    return kept, [LeftOut(f"record {number}", reason) for number, reason in sorted(left_out.items())]


def _is_printed(zone: ZoneData, records: Sequence[ReceivedRecord]) -> bool:
    """Print a zone as it will be, so that each name of it is there to be found; tell whether BIND would load it."""
    active = (record for record in records if not record.suspended)
    with suppress(Unsound):
        master_file(_with(zone, sorted(active, key=lambda record: record.number)))
        return True
    return False


def _rank(record: ReceivedRecord) -> int:
    return 0 if record.content.type in _ADDRESSES else 2 if record.content.type in _SERVERS else 1


def _with(zone: ZoneData, records: Sequence[ReceivedRecord]) -> ZoneData:
    return zone._replace(entries=tuple(entry_of(record.record, record.content, record.ttl) for record in records))
