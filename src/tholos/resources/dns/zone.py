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
_WIDEST_SIGN, _AROUND = 4, 32
"""Bytes that a sign of a stored value takes at most in a message, and what a record takes beside them."""


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


class _Owner(NamedTuple):
    """All records of one name: in sets by their types, as they are printed, and why BIND would not take them, if so.

    ``signers`` are the DS records. BIND takes a name for the zone's own while it reads what follows an NS record that
    names it, and refuses such a record there; so they are printed before all others.
    """

    name: Name
    types: Mapping[int, Rdataset]
    signers: str
    text: str
    problem: str


@lru_cache(maxsize=64)
def master_file(zone: ZoneData) -> bytes:
    """The zone's master file (RFC 1035, 5); raise Unsound when BIND would not load it.

    A change checks the zone before the commit and prints it for the machine: the second is found here.
    """
    origin, owners = _owners(zone)
    for problem in _problems(origin, owners):
        raise Unsound(problem)
    head = (f"$ORIGIN {origin}\n", _text(_start_of_authority(zone), origin, origin))
    return "".join((*head, *(one.signers for one in owners.values()), *(one.text for one in owners.values()))).encode()


def has_address(zone: ZoneData, host: str) -> bool:
    """Tell whether a host has an address in a zone, or needs none there because it is somewhere else."""
    from dns.name import from_text

    origin, owners = _owners(zone)
    name = from_text(host)
    return not name.is_subdomain(origin) or _is_addressed(_found_at(origin, owners, name))


def _owners(zone: ZoneData) -> tuple[Name, Mapping[str, _Owner]]:
    """The zone's own name, and what there is of each name by its canonical text; the zone's own comes first."""
    origin = _name("@", zone.zone)
    grouped: dict[str, list[Entry]] = {_canonical("@", zone.zone): []}
    for entry in zone.entries:
        grouped.setdefault(_canonical(entry.record, zone.zone), []).append(entry)
    return origin, {key: _owner(zone.zone, zone.ttl, tuple(entries)) for key, entries in grouped.items()}


# Names are told apart by their text: the library's own names would be hashed letter by letter, in Python, each time.
@lru_cache(maxsize=20_000)
def _canonical(record: str, zone: str) -> str:
    return _name(record, zone).canonicalize().to_text()


def _name(record: str, zone: str) -> Name:
    """The whole name of a record; Unsound for one outside the zone."""
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


@lru_cache(maxsize=20_000)
def _owner(zone: str, ttl: int, entries: tuple[Entry, ...]) -> _Owner:
    """What there is of the name that some records have; ``ttl`` is for those that have none of their own.

    It is kept, because most of a zone's names are looked at again, unchanged, at each change of it.
    """
    from dns.rdatatype import RdataType

    origin = _name("@", zone)
    name = _name(entries[0].record, zone) if entries else origin
    by_type: dict[str, list[Entry]] = {}
    for entry in entries:
        by_type.setdefault(entry.content.type, []).append(entry)
    made = [_record_set(same, ttl) for same in by_type.values()]
    types: dict[int, Rdataset] = {one.rdtype: one for one in made}
    too_large = any(_is_too_large(*pair) for pair in zip(by_type.values(), made, strict=True))
    several = len({data(entry.content) for entry in by_type.get("CNAME", ())}) > 1
    if several:
        problem = f"{entries[-1].record}: a name has one CNAME record"
    elif too_large:
        problem = f"{name}: the records of a type do not fit into one message"
    else:
        problem = next((f"{name}: {problem}" for problem in _problems_of_a_name(name, types)), "")
    printed = [(one.rdtype == RdataType.DS, _text(one, name, origin)) for one in made]
    signers, others = ("".join(text for is_ds, text in printed if is_ds is wanted) for wanted in (True, False))
    return _Owner(name, types, signers, others, problem)


def _record_set(same: Sequence[Entry], default: int) -> Rdataset:
    """The records of one name and type; all have one TTL, the lowest (RFC 2181, 5.2)."""
    from dns.rdataset import Rdataset

    ttl = min(default if entry.ttl is None else entry.ttl for entry in same)
    records = [data(entry.content) for entry in same]
    made = Rdataset(records[0].rdclass, records[0].rdtype)
    for record in records:
        # Of two CNAME records the library keeps the second.
        made.add(record, ttl)
    return made


def _text(records: Rdataset, name: Name, origin: Name) -> str:
    return f"{records.to_text(name, origin, relativize=True)}\n"


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


def _problems(origin: Name, owners: Mapping[str, _Owner]) -> Iterator[str]:
    from dns.rdatatype import RdataType

    top = next(iter(owners.values()))
    if RdataType.NS not in top.types:
        yield "the zone would have no name server"
    if RdataType.DS in top.types:
        yield "a DS record belongs into the zone above"
    yield from (owner.problem for owner in owners.values() if owner.problem)
    for server in top.types.get(RdataType.NS, ()):
        yield from _problems_of_a_server(origin, owners, server.target)


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


def _is_too_large(same: Sequence[Entry], made: Rdataset) -> bool:
    """Tell whether the records of a set are too many bytes; most are so short that nobody need measure them."""
    signs = sum(len(entry.content.value) for entry in same)
    if signs * _WIDEST_SIGN + len(same) * _AROUND <= _LARGEST_SET:
        return False
    return sum(len(one.to_wire() or b"") + 12 for one in made) > _LARGEST_SET


def _is_host(name: Name) -> bool:
    """Tell whether a name is a host's (RFC 952, RFC 1123), or a wildcard for hosts."""
    labels = name.labels[1:] if name.is_wild() else name.labels
    return not any(b"_" in label for label in labels)


def _problems_of_a_server(origin: Name, owners: Mapping[str, _Owner], server: Name) -> Iterator[str]:
    """A name server in its own zone has an address there, and is not another name for something else."""
    from dns.rdatatype import RdataType

    if not server.is_subdomain(origin):
        return
    types = _found_at(origin, owners, server)
    if RdataType.CNAME in types:
        yield f"the name server {server} is a CNAME"
    elif not _is_addressed(types):
        yield f"the name server {server} has no address in the zone"


def _is_addressed(types: Mapping[int, Rdataset]) -> bool:
    from dns.rdatatype import RdataType

    return bool({RdataType.A, RdataType.AAAA} & types.keys())


def _found_at(origin: Name, owners: Mapping[str, _Owner], name: Name) -> Mapping[int, Rdataset]:
    """The records that answer for a name: its own, or those of the wildcard that covers it (RFC 4592)."""
    from dns.name import Name as DnsName

    name = name.canonicalize()
    if name.to_text() in owners:
        return owners[name.to_text()].types
    while name != origin:
        if any(owner.name.is_subdomain(name) for owner in owners.values()):
            return {}
        name = name.parent()
        wild = owners.get(DnsName((b"*", *name.labels)).to_text())
        if wild is not None:
            return wild.types
    return {}
