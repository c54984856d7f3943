"""Reading and writing the records of a zone."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import count as count_from
from typing import Any

from sqlalchemy import Row, bindparam, func, insert, select

from tholos.kernel.errors import NotExist
from tholos.kernel.tx import State, Tx
from tholos.resources.dns.content import Content, data
from tholos.resources.dns.model import dns_domains, dns_records
from tholos.resources.dns.record import Zone
from tholos.resources.dns.types import RecordId

Record = Row[Any]

_PAUSED = (dns_records.c.suspended | dns_domains.c.suspended).label("suspended")
LISTED = select(
    *(column for column in dns_records.c if column.name not in ("suspended", "ttl")),
    func.coalesce(dns_records.c.ttl, dns_domains.c.ttl).label("ttl"),
    dns_records.c.ttl.label("own_ttl"),
    dns_records.c.suspended.label("own_suspended"),
    _PAUSED,
    dns_domains.c.domain,
    dns_domains.c.account,
).select_from(dns_records.join(dns_domains))
"""Records as they are listed: with the TTL that counts, and paused where their zone is."""

# Made once for all records that are added: making a statement takes longer than carrying it out.
_OF_ZONE = dns_records.c.domain_id == bindparam("zone_id")
_COUNT = select(func.count()).where(_OF_ZONE)
_LAST = select(func.coalesce(func.max(dns_records.c.number), 0)).where(_OF_ZONE)
_NUMBERS = select(dns_records.c.number).where(_OF_ZONE)
_SAME = select(*(dns_records.c[name] for name in ("number", "type", "priority", "value"))).where(
    _OF_ZONE, dns_records.c.type == bindparam("type"), dns_records.c.record.in_(bindparam("names", expanding=True))
)
_ADD = insert(dns_records)

_COLUMNS = {
    "id": dns_records.c.number,
    **{name: dns_records.c[name] for name in ("record", "type", "value", "suspended")},
}
"""The columns behind the fields that a list is filtered by."""


def of_zone(state: State, zone: Zone) -> Sequence[Record]:
    """All records of a zone, by their numbers."""
    return state.listed(LISTED.where(dns_records.c.domain_id == zone.id).order_by(dns_records.c.number), _COLUMNS)


def find(state: State, zone: Zone, number: int) -> Record | None:
    """A record of a zone, or None."""
    return state.row(LISTED.where(dns_records.c.domain_id == zone.id, dns_records.c.number == number))


def find_same(state: State, zone: Zone, record: str, said: Content) -> int | None:
    """The number of a record that says the same of the same name, whatever its TTL, or None.

    Of such records others see one (RFC 2181, 5).
    """
    names = {record} | ({"@", f"{zone.zone}."} if record in ("@", f"{zone.zone}.") else set())
    below = record.removesuffix(f".{zone.zone}.")
    names |= {below, f"{below}.{zone.zone}."} if "@" not in names else set()
    rows = state.rows(_SAME, {"zone_id": zone.id, "type": said.type, "names": [*names]})
    return next((row.number for row in rows if data(content_of(row)) == data(said)), None)


def require(state: State, zone: Zone, number: int) -> Record:
    """A record of a zone, or NotExist."""
    record = find(state, zone, number)
    if record is None:
        raise NotExist(f"{zone.domain} id {number} doesn't exist", argument="id")
    return record


def count(state: State, zone: Zone) -> int:
    """How many records a zone has."""
    return int(state.value(_COUNT, {"zone_id": zone.id}))


def content_of(record: Record) -> Content:
    """What a record says."""
    return Content(record.type, record.priority, record.value)


def insert_record(
    tx: Tx, zone_id: int, number: int | None, record: str, content: Content, ttl: int | None = None
) -> int:
    """Insert a record, by a free number where none is given; give its number."""
    if number is None:
        number = _free_number(tx, zone_id)
    values = {"domain_id": zone_id, "number": number, "record": record, "ttl": ttl, **content._asdict()}
    tx.execute(_ADD, {**values, "created": tx.context.now})
    return number


def _free_number(state: State, zone_id: int) -> int:
    """The number after the highest; the lowest that is free where there is none after it."""
    last = int(state.value(_LAST, {"zone_id": zone_id}))
    if last < RecordId.highest:
        return last + 1
    taken = {row.number for row in state.rows(_NUMBERS, {"zone_id": zone_id})}
    return next(number for number in count_from(RecordId.lowest) if number not in taken)
