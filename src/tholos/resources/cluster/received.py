"""What another server's text says of a zone and its records, every value through its type (``dns-cluster.md``)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from tholos.kernel.errors import Invalid
from tholos.kernel.types import Text
from tholos.resources.cluster.lines import parse_line
from tholos.resources.dns.content import Content, content
from tholos.resources.dns.types import Day, NewZone, RecordId, RecordName, RecordType, TemplateName, Ttl
from tholos.resources.types import AnyAddress, Domain, NameServer

_LATEST_SERIAL = 2**32 - 1
_DEFAULT_TTL = "14400"


class ReceivedZone(NamedTuple):
    """A zone's own values."""

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


class ReceivedRecord(NamedTuple):
    """A record's values."""

    number: int
    record: str
    content: Content
    ttl: int | None
    suspended: bool


class LeftOut(NamedTuple):
    """A line that is no record, and why."""

    line: str
    reason: str


def read_zone(line: str) -> ReceivedZone:
    """A zone of its line; raise Invalid for the first value that is none, with exit code 1 when it has no name."""
    pairs = parse_line(line)
    if not pairs.get("DOMAIN"):
        raise Invalid("DOMAIN is not defined", argument="data", code=1)
    slave = _is(pairs, "SLAVE")
    return ReceivedZone(
        domain=NewZone.parse(pairs["DOMAIN"], "domain"),
        ip=_some(AnyAddress, pairs, "IP"),
        template=_some(TemplateName, pairs, "TPL"),
        ttl=Ttl.parse(pairs.get("TTL") or _DEFAULT_TTL, "TTL"),
        expires=_some(Day, pairs, "EXP"),
        soa=_soa(pairs.get("SOA", ""), slave=slave),
        serial=_serial(pairs.get("SERIAL", "")),
        dnssec=_is(pairs, "DNSSEC"),
        slave=slave,
        master=AnyAddress.parse(pairs.get("MASTER", ""), "MASTER") if slave else "",
        suspended=_is(pairs, "SUSPENDED"),
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
    """A record of its line; raise Invalid for the first value that is none."""
    pairs = parse_line(line)
    kind = RecordType.parse(pairs.get("TYPE", ""), "type")
    value = pairs.get("VALUE", "").replace("%quote%", "'")
    return ReceivedRecord(
        number=RecordId.parse(pairs.get("ID", ""), "id"),
        record=RecordName.parse(pairs.get("RECORD", ""), "record"),
        content=content(kind, value, pairs.get("PRIORITY", "")),
        ttl=Ttl.parse(pairs["TTL"], "ttl") if pairs.get("TTL") else None,
        suspended=_is(pairs, "SUSPENDED"),
    )


def numbered(records: Sequence[ReceivedRecord]) -> dict[int, ReceivedRecord]:
    """Records by number; the last of a number counts, because a change may be sent as one more line."""
    return {record.number: record for record in records}


def _is(pairs: dict[str, str], key: str) -> bool:
    return pairs.get(key) == "yes"


def _some(kind: type[Text], pairs: dict[str, str], key: str) -> str:
    """A value of a type, or nothing where nothing was sent."""
    return kind.parse(pairs[key], key) if pairs.get(key) else ""


def _soa(raw: str, *, slave: bool) -> str:
    """The name of the primary server; only a zone that is transferred needs none."""
    return "" if slave and not raw else NameServer.parse(raw.removesuffix("."), "SOA")


def _serial(raw: str) -> int:
    if not (raw.isascii() and raw.isdigit() and len(raw) <= 10 and int(raw) <= _LATEST_SERIAL):
        raise Invalid("invalid SERIAL format", argument="data")
    return int(raw)
