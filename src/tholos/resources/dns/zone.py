"""A zone as BIND loads it: built from its records, checked as ``named-checkzone`` would, and printed as a master file.

Everything is made by dnspython. What is printed always loads: a record with which it would not is refused before
anything is changed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from tholos.resources.dns.content import Content, data

if TYPE_CHECKING:
    from dns.name import Name
    from dns.rdataset import Rdataset

REFRESH, RETRY, EXPIRE, NEGATIVE = 7_200, 3_600, 1_209_600, 3_600
"""Seconds of the SOA record: the values that RFC 1912 (2.2) and RFC 2308 (5) advise."""
MOST_OF_A_TYPE = 100
"""Records of one name and type; with more BIND does not load the zone (max-records-per-type)."""
_LARGEST_SET = 65_000
"""Bytes of all records of one name and type, which must fit into one message (RFC 1035, 4.2.2)."""


class Entry(NamedTuple):
    """A record of a zone."""

    record: str
    content: Content
    ttl: int | None


class ZoneData(NamedTuple):
    """All that a zone's master file says."""

    zone: str
    soa: str
    serial: int
    ttl: int
    entries: tuple[Entry, ...]


class Unsound(Exception):  # noqa: N818 - it is an answer more than an error.
    """BIND would not load the zone; the text says why."""


Sets = Mapping["Name", Mapping[int, "Rdataset"]]
"""The sets of records of a zone, by name and type."""


@lru_cache(maxsize=64)
def master_file(zone: ZoneData) -> bytes:
    """The zone's master file (RFC 1035, 5); raise Unsound when BIND would not load it.

    A change checks the zone before the commit and prints it for the machine: the second is found here.
    """
    origin, sets, printed = _made(zone)
    for problem in _problems(origin, sets):
        raise Unsound(problem)
    return "".join((f"$ORIGIN {origin}\n", *printed)).encode()


def record_sets(zone: ZoneData) -> tuple[Name, Sets]:
    """The zone's own name, and its records in sets by name and type; Unsound for a name outside the zone."""
    origin, sets, _ = _made(zone)
    return origin, sets


def _made(zone: ZoneData) -> tuple[Name, Sets, Sequence[str]]:
    """The zone's own name, its sets of records, and each of these as it is printed, in the order of the records."""
    from dns.name import from_text
    from dns.rdatatype import RdataType

    origin = from_text(f"{zone.zone}.")
    start = _start_of_authority(zone)
    sets: dict[Name, dict[int, Rdataset]] = {origin: {RdataType.SOA: start}}
    printed = [_text(start, origin, origin)]
    for name, types in _grouped(zone).items():
        own = sets.setdefault(name, {})
        for entries in types.values():
            # All records of a set have one TTL, the lowest (RFC 2181, 5.2).
            ttl = min(zone.ttl if entry.ttl is None else entry.ttl for entry in entries)
            made, text = _record_set(name, origin, tuple(entry.content for entry in entries), ttl)
            if made.rdtype == RdataType.CNAME and len({data(entry.content) for entry in entries}) > 1:
                raise Unsound(f"{entries[-1].record}: a name has one CNAME record")
            own[made.rdtype] = made
            printed.append(text)
    return origin, sets, printed


def _grouped(zone: ZoneData) -> Mapping[Name, Mapping[str, list[Entry]]]:
    """The records by their names, the zone's own first, and types."""
    found: dict[Name, dict[str, list[Entry]]] = {_owner("@", zone.zone): {}}
    for entry in zone.entries:
        found.setdefault(_owner(entry.record, zone.zone), {}).setdefault(entry.content.type, []).append(entry)
    return found


@lru_cache(maxsize=20_000)
def _record_set(name: Name, origin: Name, same: Sequence[Content], ttl: int) -> tuple[Rdataset, str]:
    """The records of one name and type, and how they are printed.

    Most of a zone's are looked at again, unchanged, at each change of it.
    """
    from dns.rdataset import Rdataset

    records = [data(one) for one in same]
    made = Rdataset(records[0].rdclass, records[0].rdtype)
    for record in records:
        # Of two CNAME records the library keeps the second.
        made.add(record, ttl)
    return made, _text(made, name, origin)


def _text(records: Rdataset, name: Name, origin: Name) -> str:
    return f"{records.to_text(name, origin, relativize=True)}\n"


@lru_cache(maxsize=10_000)
def _owner(record: str, zone: str) -> Name:
    """The whole name of a record; Unsound for one outside the zone. Most records are looked at again at each change."""
    from dns.exception import DNSException
    from dns.name import from_text

    origin = from_text(f"{zone}.")
    try:
        name = origin if record == "@" else from_text(record, origin)
    except DNSException as error:
        raise Unsound(f"{record} is no name in the zone") from error
    if not name.is_subdomain(origin):
        raise Unsound(f"{record} is not in the zone")
    return name


def _start_of_authority(zone: ZoneData) -> Rdataset:
    from dns.name import from_text
    from dns.rdataclass import IN
    from dns.rdataset import from_rdata
    from dns.rdatatype import RdataType
    from dns.rdtypes.ANY.SOA import SOA

    primary, mailbox = from_text(f"{zone.soa}."), from_text(f"hostmaster.{zone.zone}.")
    made: Any = SOA
    record = made(IN, RdataType.SOA, primary, mailbox, zone.serial, REFRESH, RETRY, EXPIRE, NEGATIVE)
    return from_rdata(zone.ttl, record)


def _problems(origin: Name, sets: Sets) -> Iterator[str]:
    from dns.rdatatype import RdataType

    if RdataType.NS not in sets[origin]:
        yield "the zone would have no name server"
    if RdataType.DS in sets[origin]:
        yield "a DS record belongs into the zone above"
    for name, types in sets.items():
        yield from (f"{name}: {problem}" for problem in _problems_of_a_name(name, types))
    for server in sets[origin].get(RdataType.NS, ()):
        yield from _problems_of_a_server(origin, sets, server.target)


def _problems_of_a_name(name: Name, types: Mapping[int, Rdataset]) -> Iterator[str]:
    from dns.rdatatype import RdataType

    if RdataType.CNAME in types and len(types) > 1:
        yield "a CNAME record stands alone"
    if RdataType.NS in types and name.is_wild():
        yield "a wildcard has no name servers"
    if {RdataType.A, RdataType.AAAA, RdataType.MX} & types.keys() and not _is_host(name):
        yield "a host's name has no _ in it"
    for rrset in types.values():
        if len(rrset) > MOST_OF_A_TYPE:
            yield f"a name has {MOST_OF_A_TYPE} records of a type at most"
        if any(len(getattr(one, "strings", ())) > 1 for one in rrset) and _size(rrset) > _LARGEST_SET:
            yield "the records of a type do not fit into one message"


def _size(rrset: Rdataset) -> int:
    """Bytes of the records of a set on the wire; only texts of several strings can be too many of them."""
    return sum(len(one.to_wire() or b"") + 12 for one in rrset)


def _is_host(name: Name) -> bool:
    """Tell whether a name is a host's (RFC 952, RFC 1123), or a wildcard for hosts."""
    labels = name.labels[1:] if name.is_wild() else name.labels
    return not any(b"_" in label for label in labels)


def _problems_of_a_server(origin: Name, sets: Sets, server: Name) -> Iterator[str]:
    """A name server in its own zone has an address there, and is not another name for something else."""
    from dns.rdatatype import RdataType

    if not server.is_subdomain(origin):
        return
    types = found_at(origin, sets, server)
    if RdataType.CNAME in types:
        yield f"the name server {server} is a CNAME"
    elif not {RdataType.A, RdataType.AAAA} & types.keys():
        yield f"the name server {server} has no address in the zone"


def found_at(origin: Name, sets: Sets, name: Name) -> Mapping[int, Rdataset]:
    """The records that answer for a name: its own, or those of the wildcard that covers it (RFC 4592)."""
    from dns.name import Name as DnsName

    if name in sets:
        return sets[name]
    while name != origin:
        if any(known.is_subdomain(name) for known in sets):
            return {}
        name = name.parent()
        wild = DnsName((b"*", *name.labels))
        if wild in sets:
            return sets[wild]
    return {}
