"""What other servers have sent of zones and is not served yet, beside the zones that are."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, or_, select
from sqlalchemy.dialects.sqlite import insert

from tholos.kernel.errors import Exists
from tholos.kernel.tx import State, Tx
from tholos.resources.cluster.model import dns_received
from tholos.resources.dns.model import dns_domains
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


def is_sent(row: Any) -> bool:
    """Tell whether anything was sent that is not yet served."""
    return bool(row.line or row.added or row.records is not None)


def is_waiting() -> Any:
    """As ``is_sent``, for a select."""
    received = dns_received.c
    return or_(received.line != "", received.added != "", received.records.is_not(None))


def keep(tx: Tx, user: str, domain: Domain, **values: object) -> None:
    """Remember something of a zone that another server sent."""
    row = insert(dns_received).values(account=user, domain=domain.ascii, **values)
    tx.execute(row.on_conflict_do_update(index_elements=["account", "domain"], set_=values))
