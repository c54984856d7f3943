"""All records of one name of a zone: those that BIND takes together, as they are printed, and why not the others."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import chain
from sys import getsizeof
from typing import TYPE_CHECKING, NamedTuple

from tholos.resources.dns.content import Content, data

if TYPE_CHECKING:
    from dns.name import Name
    from dns.rdata import Rdata

MOST_OF_A_TYPE = 100
"""Records of one name and type; with more BIND does not load the zone (max-records-per-type)."""
DEFAULT_TTL = "\0"
"""Stands in what is printed for the TTL of records that have none of their own, and for nothing else: so one that is
changed has nothing else printed again."""
_LARGEST_SET = 65_000
"""Bytes of all records of one name and type, which must fit into one message (RFC 1035, 4.2.2)."""
_AROUND = 12
"""What a record takes in a message beside its data and its name."""
_ADDRESSES = ("A", "AAAA")
_OF_HOSTS = (*_ADDRESSES, "MX")
_PLAIN = re.compile(r"(?:[a-z0-9_*-]{1,63}\.)+")
_LONGEST_NAME = 254
_EMPTY = 400
"""Bytes that a name costs beside its texts and its records, about."""


class Unsound(Exception):  # noqa: N818 - it is an answer more than an error.
    """BIND would not load the zone; the text says why."""


Entry = tuple[str, str, int | None, str, int | None]
"""A record of a zone, by ``FIELDS``. It is a plain tuple because a zone may have very many: these are made fastest, and
Python does not look through them for garbage."""
FIELDS = ("record", "type", "priority", "value", "ttl")


def entry_of(record: str, content: Content, ttl: int | None) -> Entry:
    """A record of a zone, which has its zone's TTL without one of its own."""
    return (record, *content, ttl)


class Owner(NamedTuple):
    """What there is of one name.

    ``signers`` are the DS records. BIND takes a name for the zone's own while it reads what follows an NS record that
    names it, and refuses such a record there; so they are printed before all others. ``servers`` are the NS records of
    the zone's own name: which entry, and what it names. ``refused`` says which entries BIND would not take beside those
    before them, and why. ``ttl`` is the zone's where the text holds for that alone, else None.
    """

    text: str
    signers: str
    is_addressed: bool
    is_alias: bool
    servers: tuple[tuple[int, str], ...]
    refused: tuple[tuple[int, str], ...]
    ttl: int | None

    @property
    def is_there(self) -> bool:
        """Tell whether the name has a record that BIND takes."""
        return bool(self.text or self.signers)


def below(name: str, zone: str) -> str:
    """A whole name, with a dot at its end, as it is called in its zone, without one: ``@`` is the zone itself.

    One that is outside of the zone stays as it is.
    """
    return "@" if name == zone else name.removesuffix(f".{zone}")


def owner(called: str, origin: Name, entries: Sequence[Entry], ttl: int) -> Owner:
    """What there is of a name, by what it is called in its zone; ``ttl`` is for records that have none of their own.

    BIND takes no set of records of which it would not take a part, so each is looked at beside those before it.
    """
    zone = origin.to_text()
    refused: list[tuple[int, str]] = []
    try:
        name = _name(called, zone)
    except Unsound as none:
        everything = tuple((index, f"{entry[0]} {none}") for index, entry in enumerate(entries))
        return Owner("", "", False, False, (), everything, None)
    sets = _Sets(name, origin)
    for index, entry in enumerate(entries):
        problem = sets.add(index, entry)
        if problem:
            refused.append((index, problem))
    label = below(name, zone)
    is_mixed = any(len({time is None for time in one.times}) > 1 for one in sets.by_type.values())
    lines = {kind: "".join(one.lines(label, kind, origin, ttl)) for kind, one in sets.by_type.items()}
    signers = lines.pop("DS", "")
    servers = tuple((one, _target(record)) for one, record in sets.servers)
    is_addressed = any(kind in lines for kind in _ADDRESSES)
    text = "".join(lines.values())
    return Owner(text, signers, is_addressed, "CNAME" in lines, servers, tuple(refused), ttl if is_mixed else None)


def size_of(called: str, entries: Sequence[Entry], made: Owner) -> int:
    """Bytes that a name takes with its records, about."""
    texts = chain((called, made.text, made.signers), *((record, value) for record, _, _, value, _ in entries))
    return _EMPTY + 100 * len(entries) + 500 * len(made.refused) + sum(map(getsizeof, texts))


def _name(called: str, zone: str) -> str:
    """A whole name as it is printed; Unsound for what is none, and for one outside the zone."""
    from dns.exception import DNSException
    from dns.name import from_text

    name = zone if called == "@" else called if called.endswith(".") else f"{called}.{zone}"
    if not _PLAIN.fullmatch(name) or len(name) > _LONGEST_NAME:
        try:
            name = from_text(name).canonicalize().to_text()
        except DNSException as error:
            raise Unsound("is no name in the zone") from error
    if name != zone and not name.endswith(f".{zone}"):
        raise Unsound("is not in the zone")
    return name


def _target(record: Rdata) -> str:
    """The host that an NS record names."""
    target: Name = getattr(record, "target")  # noqa: B009 - the library declares it for the type alone.
    return target.canonicalize().to_text()


class _Set:
    """The records of one type: by their data, because the same once more is no other; and their times."""

    def __init__(self) -> None:
        self.records: dict[bytes, Rdata] = {}
        self.times: list[int | None] = []
        self.size = 0

    def lines(self, label: str, kind: str, origin: Name, default: int) -> Iterator[str]:
        """The records as they are printed; all have one TTL, the lowest (RFC 2181, 5.2)."""
        own = [time for time in self.times if time is not None]
        ttl = DEFAULT_TTL if not own else str(min(own) if len(own) == len(self.times) else min(default, *own))
        for record in self.records.values():
            yield f"{label} {ttl} IN {kind} {record.to_text(origin, relativize=True)}\n"


class _Sets:
    """The records of one name that BIND takes together."""

    def __init__(self, name: str, origin: Name) -> None:
        self.name = name
        self.origin = origin
        self.is_top = name == origin.to_text()
        self.by_type: dict[str, _Set] = {}
        self.servers: list[tuple[int, Rdata]] = []

    def add(self, index: int, entry: Entry) -> str:
        """Take a record to those before it; else tell why BIND would not."""
        owner, kind, priority, value, ttl = entry
        record = data(Content(kind, priority, value))
        # The host of an IPSECKEY may lack its dot: then BIND takes it for one in the zone.
        key = record.to_digestable(self.origin)
        before = self.by_type.get(kind, _Set())
        size = 0 if key in before.records else len(key) + _AROUND
        problem = self._problem(kind) or (self._problem_of_set(owner, kind, before, size) if size else "")
        if problem:
            return problem
        if size:
            before.records[key] = record
            before.size += size
        before.times.append(ttl)
        self.by_type[kind] = before
        if kind == "NS" and self.is_top:
            self.servers.append((index, record))
        return ""

    def _problem(self, kind: str) -> str:
        if kind == "DS" and self.is_top:
            return "a DS record belongs into the zone above"
        # The zone's own name has an SOA record.
        others = self.is_top or self.by_type.keys() - {kind}
        if (kind == "CNAME" and others) or (kind != "CNAME" and "CNAME" in self.by_type):
            return f"{self.name}: a CNAME record stands alone"
        if kind == "NS" and self.name.startswith("*."):
            return f"{self.name}: a wildcard has no name servers"
        if kind in _OF_HOSTS and "_" in self.name:
            return f"{self.name}: a host's name has no _ in it"
        return ""

    def _problem_of_set(self, owner: str, kind: str, before: _Set, size: int) -> str:
        if kind == "CNAME" and before.records:
            return f"{owner}: a name has one CNAME record"
        if len(before.records) >= MOST_OF_A_TYPE:
            return f"{self.name}: a name has {MOST_OF_A_TYPE} records of a type at most"
        if before.size + size > _LARGEST_SET:
            return f"{self.name}: the records of a type do not fit into one message"
        return ""
