"""A zone as BIND loads it: built from its records, checked as ``named-checkzone`` would, and printed as a master file.

What is printed always loads: a record with which it would not is refused before anything is changed.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from tholos.resources.dns.kept import KeptNames
from tholos.resources.dns.owner import DEFAULT_TTL, Entry, Owner, Unsound, below, entry_of, owner

if TYPE_CHECKING:
    from dns.name import Name

__all__ = ["EXPIRE", "KEPT", "Unsound", "ZoneData", "entry_of", "faults", "has_address", "master_file"]
REFRESH, RETRY, EXPIRE, NEGATIVE = 7_200, 3_600, 1_209_600, 3_600
"""Seconds of the SOA record: the values that RFC 1912 (2.2) and RFC 2308 (5) advise."""
KEPT = KeptNames()


class _Last:
    """The zone that was printed last, and what that gave, until it is found: nobody asks a third time."""

    printed: tuple[ZoneData, bytes] | None = None


_LAST = _Last()


class ZoneData(NamedTuple):
    """All that a zone's master file says."""

    zone: str
    soa: str
    serial: int
    ttl: int
    entries: tuple[Entry, ...]


class _Fault(NamedTuple):
    """Why BIND would not take an entry, by its name and its place among the entries of that; no name: the zone."""

    called: str
    place: int
    problem: str


def master_file(zone: ZoneData) -> bytes:
    """The zone's master file (RFC 1035, 5); raise Unsound when BIND would not load it.

    A change checks the zone before the commit and prints it for the machine: the second is found here.
    """
    known = _LAST.printed
    if known is not None and known[0] == zone:
        _LAST.printed = None
        return known[1]
    names = _Names(zone)
    for fault in names.faults():
        raise Unsound(fault.problem)
    owners = names.owners.values()
    head = f"$ORIGIN {names.origin}\n{_start_of_authority(zone, names.origin)}\n"
    text = "".join((head, *(one.signers for one in owners), *(one.text for one in owners)))
    made = text.replace(DEFAULT_TTL, str(zone.ttl)).encode()
    _LAST.printed = (zone, made)
    return made


def faults(zone: ZoneData) -> Iterator[tuple[int, str]]:
    """The places of the entries without which BIND takes what is left, each with what is wrong about it.

    Of those that do not go together the first stays, and name servers are looked at last. That a zone has none is no
    entry's fault.
    """
    names = _Names(zone)
    places = grouped_by_name(((entry[0], place) for place, entry in enumerate(zone.entries)), names.top)
    for fault in names.faults():
        if fault.called:
            yield places[fault.called][fault.place][1], fault.problem


def has_address(zone: ZoneData, host: str) -> bool:
    """Tell whether a host has an address in a zone, or needs none there because it is somewhere else."""
    from dns.name import from_text

    names = _Names(zone)
    called = below(from_text(host).canonicalize().to_text(), names.top)
    found = names.found_at(called)
    return called.endswith(".") or (found is not None and found.is_addressed)


class _Names:
    """What there is of each name, by what it is called in the zone; the zone's own comes first."""

    def __init__(self, zone: ZoneData) -> None:
        from dns.name import from_text

        self.origin: Name = from_text(f"{zone.zone}.").canonicalize()
        self.top = self.origin.to_text()
        grouped = grouped_by_name(zone.entries, self.top)

        def make(called: str, entries: Sequence[Entry]) -> Owner:
            return owner(called, self.origin, entries, zone.ttl)

        self.owners: Mapping[str, Owner] = KEPT.names(zone.zone, zone.ttl, grouped, make)

    def faults(self) -> Iterator[_Fault]:
        """All that is wrong: with the zone, with the records of a name, and with name servers."""
        top = self.owners["@"]
        if not top.servers:
            yield _Fault("", 0, "the zone would have no name server")
        for called, one in self.owners.items():
            for place, problem in one.refused:
                yield _Fault(called, place, problem)
        for place, server in top.servers:
            problem = self._problem_of_server(server)
            if problem:
                yield _Fault("@", place, problem)

    def _problem_of_server(self, server: str) -> str:
        """A name server in its own zone has an address there, and is not another name for something else."""
        called = below(server, self.top)
        if called.endswith("."):
            return ""
        found = self.found_at(called)
        if found is not None and found.is_alias:
            return f"the name server {server} is a CNAME"
        if found is None or not found.is_addressed:
            return f"the name server {server} has no address in the zone"
        return ""

    def found_at(self, called: str) -> Owner | None:
        """What answers for a name: its own records, or those of the wildcard that covers it (RFC 4592)."""
        one = self.owners.get(called)
        if one is not None and one.is_there:
            return one
        while called not in ("", "@"):
            above = called.partition(".")[2]
            wild = self.owners.get(f"*.{above}" if above else "*")
            if wild is not None and wild.is_there:
                return None if self._is_there(called) else wild
            called = above
        return None

    def _is_there(self, called: str) -> bool:
        """Tell whether there is a name, be it only that there is one below it."""
        turned = _turned(called)
        place = bisect_left(self._all_turned, turned)
        return place < len(self._all_turned) and f"{self._all_turned[place]}\0".startswith(f"{turned}\0")

    @cached_property
    def _all_turned(self) -> list[str]:
        """All names, turned round, in order: so what is below a name comes next after it."""
        return sorted(_turned(called) for called, one in self.owners.items() if one.is_there)


_Named = TypeVar("_Named", bound=tuple[Any, ...])


def grouped_by_name(entries: Iterable[_Named], top: str) -> Mapping[str, Sequence[_Named]]:
    """What begins with the name of a record, by what that is called in the zone; the zone's own name comes first."""
    grouped: defaultdict[str, list[_Named]] = defaultdict(list, {"@": []})
    for entry in entries:
        called = entry[0].lower()
        grouped[below(called, top) if called.endswith(".") else called].append(entry)
    return grouped


def _turned(name: str) -> str:
    """The labels of a name from the last to the first, between signs that sort before those that are in labels."""
    return "\0".join(reversed(name.split(".")))


def _start_of_authority(zone: ZoneData, origin: Name) -> str:
    from dns.name import from_text
    from dns.rdataclass import IN
    from dns.rdatatype import RdataType
    from dns.rdtypes.ANY.SOA import SOA

    primary, mailbox = from_text(f"{zone.soa}."), from_text(f"hostmaster.{zone.zone}.")
    made: Any = SOA
    record = made(IN, RdataType.SOA, primary, mailbox, zone.serial, REFRESH, RETRY, EXPIRE, NEGATIVE)
    return f"@ {DEFAULT_TTL} IN SOA {record.to_text(origin, relativize=True)}"
