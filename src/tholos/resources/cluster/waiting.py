"""What other servers have sent of zones and is not served yet, beside the zones that are."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Row, delete, func, or_, select, update
from sqlalchemy.dialects.sqlite import insert

from tholos.kernel.errors import Exists
from tholos.kernel.tx import State, Tx
from tholos.resources.cluster.model import dns_received, dns_received_records
from tholos.resources.cluster.received import ReceivedRecord
from tholos.resources.cluster.room import require_room
from tholos.resources.dns.content import Content
from tholos.resources.dns.model import dns_domains, dns_records
from tholos.resources.types import Domain


def served(state: State, domain: Domain) -> Row[Any] | None:
    """A zone of this node, whoever has it, or None."""
    return state.row(select(dns_domains).where(dns_domains.c.zone == domain.ascii))


def exists(domain: Domain) -> Exists:
    """The refusal of a zone that is there already."""
    return Exists(f"dns domain {domain} exists", argument="domain")


def kept(state: State, user: str, domain: Domain) -> Row[Any] | None:
    """What is remembered of a zone that another server sent, or None."""
    place = (dns_received.c.account == user, dns_received.c.domain == domain.ascii)
    return state.row(select(dns_received).where(*place))


def texts(state: State, user: str, domain: Domain) -> list[str]:
    """The records that wait for a zone, in the order in which they came."""
    sent = select(dns_received_records.c.text).where(*_of(user, domain)).order_by(dns_received_records.c.id)
    return [row.text for row in state.rows(sent)]


def size_of(state: State, user: str, domain: Domain) -> int:
    """How many characters of records wait for a zone."""
    return int(state.value(select(func.max(dns_received_records.c.total)).where(*_of(user, domain))) or 0)


def stored(state: State, zone_id: int) -> list[ReceivedRecord]:
    """The records that a zone has, as if they had been received."""
    rows = state.rows(select(dns_records).where(dns_records.c.domain_id == zone_id))
    return [
        ReceivedRecord(row.number, row.record, Content(row.type, row.priority, row.value), row.ttl, row.suspended)
        for row in rows
    ]


def has_records() -> Any:
    """Tell of a row, in a select, whether records wait for its zone, be it that there are none any more."""
    sent = dns_received_records.c
    some = sent.account == dns_received.c.account, sent.domain == dns_received.c.domain
    return or_(dns_received.c.replaced, select(sent.id).where(*some).correlate(dns_received).exists())


def is_waiting() -> Any:
    """Tell of a row, in a select, whether anything was sent that is not yet served."""
    return or_(dns_received.c.line != "", has_records())


def keep(tx: Tx, user: str, domain: Domain, **values: object) -> None:
    """Remember something of a zone that another server sent."""
    row = insert(dns_received).values(account=user, domain=domain.ascii, **values)
    tx.execute(row.on_conflict_do_update(index_elements=["account", "domain"], set_=values))


def add(tx: Tx, user: str, domain: Domain, text: str) -> None:
    """Remember records of a zone that is remembered, after those that came before; LimitReached when it is too much."""
    total = require_room(tx, user, domain, len(text))
    row = {"account": user, "domain": domain.ascii, "total": total, "text": text}
    tx.execute(insert(dns_received_records).values(row))


def empty(tx: Tx, user: str, domain: Domain) -> None:
    """Forget the records that wait for a zone."""
    tx.execute(delete(dns_received_records).where(*_of(user, domain)))


def forget_sent(tx: Tx, user: str, src: str) -> None:
    """Forget what a server sent of its zones that is not yet served."""
    received, sent = dns_received.c, dns_received_records.c
    whose = (received.account == user, received.src == src)
    zones = select(received.domain).where(*whose)
    tx.execute(delete(dns_received_records).where(sent.account == user, sent.domain.in_(zones)))
    some = or_(received.line != "", received.replaced)
    tx.execute(update(dns_received).where(*whose, some).values(line="", replaced=False))


def _of(user: str, domain: Domain) -> tuple[ColumnElement[bool], ...]:
    return (dns_received_records.c.account == user, dns_received_records.c.domain == domain.ascii)
