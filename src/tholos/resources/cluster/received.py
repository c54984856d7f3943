"""What another server's text says of a zone and its records, every value through its type (``dns-cluster.md``)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from tholos.kernel.errors import Invalid
from tholos.resources.cluster.lines import parse_line
from tholos.resources.cluster.values import Values
from tholos.resources.dns.content import Content, content
from tholos.resources.dns.types import Day, NewZone, RecordId, RecordName, RecordType, TemplateName
from tholos.resources.types import AnyAddress, Domain

_LATEST_SERIAL = 2**32 - 1
_DEFAULT_TTL = 14_400


class ReceivedZone(NamedTuple):
    """A zone's own values; ``odd`` names those that were sent and cannot be served.

    ``soa`` may be empty: then the first of the zone's name servers is its primary one.
    """

    domain: Domain
    ip: str
    template: str
    ttl: int
    expires: str
    soa: str
    serial: int
    dnssec: bool
    slave: bool
    master: str
    suspended: bool
    odd: tuple[str, ...] = ()


class ReceivedRecord(NamedTuple):
    """A record's values; ``odd`` names what was sent of them and cannot be served."""

    number: int
    record: str
    content: Content
    ttl: int | None
    suspended: bool
    odd: tuple[str, ...] = ()


class LeftOut(NamedTuple):
    """A line that is no record, and why."""

    line: str
    reason: str


def read_zone(line: str) -> ReceivedZone:
    """A zone of its line; raise Invalid for a value without which there is none, with exit code 1 for its name."""
    pairs = parse_line(line)
    if not pairs.get("DOMAIN"):
        raise Invalid("DOMAIN is not defined", argument="data", code=1)
    values = Values(pairs)
    ttl = values.ttl("TTL")
    slave = values.is_yes("SLAVE")
    return ReceivedZone(
        domain=NewZone.parse(pairs["DOMAIN"], "domain"),
        ip=values.some(AnyAddress, "IP"),
        template=values.some(TemplateName, "TPL"),
        ttl=_DEFAULT_TTL if ttl is None else ttl,
        expires=values.some(Day, "EXP"),
        soa=values.server("SOA"),
        serial=_serial(pairs.get("SERIAL", "")),
        dnssec=values.is_yes("DNSSEC"),
        slave=slave,
        master=AnyAddress.parse(pairs.get("MASTER", ""), "MASTER") if slave else "",
        suspended=values.is_yes("SUSPENDED"),
        odd=tuple(values.odd),
    )


def read_records(text: str) -> Iterator[ReceivedRecord | LeftOut]:
    """The records of some lines; a line that is none is given as what is left out."""
    for line in text.split("\n"):
        if line.strip():
            try:
                yield read_record(line)
            except Invalid as refusal:
                yield LeftOut(line, refusal.text)


def read_record(line: str) -> ReceivedRecord:
    """A record of its line; raise Invalid for the first value without which there is none."""
    pairs = parse_line(line)
    kind = RecordType.parse(pairs.get("TYPE", ""), "type")
    value = pairs.get("VALUE", "").replace("%quote%", "'")
    values = Values(pairs)
    return ReceivedRecord(
        number=RecordId.parse(pairs.get("ID", ""), "id"),
        record=RecordName.parse(pairs.get("RECORD", ""), "record"),
        content=content(kind, value, pairs.get("PRIORITY", "")),
        ttl=values.ttl("TTL"),
        suspended=values.is_yes("SUSPENDED"),
        odd=tuple(values.odd),
    )


def numbered(records: Sequence[ReceivedRecord]) -> dict[int, ReceivedRecord]:
    """Records by number; the last of a number counts, because a change may be sent as one more line."""
    return {record.number: record for record in records}


def _serial(raw: str) -> int:
    if not (raw.isascii() and raw.isdigit() and len(raw) <= 10 and int(raw) <= _LATEST_SERIAL):
        raise Invalid("invalid SERIAL format", argument="data")
    return int(raw)
