"""What is remembered of a zone that was deleted, for the next one of its name."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import bindparam, delete, func, select, update
from sqlalchemy.dialects.sqlite import insert

from tholos.kernel.tx import Tx
from tholos.resources.dns.model import dns_past
from tholos.resources.dns.record import Zone
from tholos.resources.dns.serial import after_signer, first_after
from tholos.resources.dns.zone import EXPIRE

KEPT_FOR = timedelta(seconds=6 * EXPIRE)
"""How long a name is remembered that no zone has: a server that copied the zone has given it up after ``EXPIRE``."""
MOST = 10_000
"""Names without a zone that are remembered of an account; those that were deleted first are forgotten."""

_LAST = select(dns_past.c.serial).where(dns_past.c.zone == bindparam("name"))
_TAKEN = update(dns_past).where(dns_past.c.zone == bindparam("name")).values(deleted=None)
_COUNT = select(func.count()).where(dns_past.c.account == bindparam("who"), dns_past.c.deleted.is_not(None))
_TOO_OLD = delete(dns_past).where(dns_past.c.deleted < bindparam("before"))
_FIRST = (
    select(dns_past.c.zone)
    .where(dns_past.c.account == bindparam("who"), dns_past.c.deleted.is_not(None))
    .order_by(dns_past.c.deleted)
    .limit(bindparam("first"))
)
_TOO_MANY = delete(dns_past).where(dns_past.c.zone.in_(_FIRST))


def remember(tx: Tx, zone: Zone) -> None:
    """A zone is deleted: the next one of its name begins with a later serial, and is another one in a catalog."""
    serial = after_signer(zone.serial) if zone.dnssec else zone.serial
    values = {"serial": serial, "account": zone.account, "deleted": tx.context.now}
    row = insert(dns_past).values(zone=zone.zone, deletions=1, **values)
    again = {**values, "deletions": dns_past.c.deletions + 1}
    tx.execute(row.on_conflict_do_update(index_elements=["zone"], set_=again))
    tx.execute(_TOO_OLD, {"before": tx.context.now - KEPT_FOR})
    if tx.value(_COUNT, {"who": zone.account}) > MOST:
        tx.execute(_TOO_MANY, {"who": zone.account, "first": MOST // 20 + 1})


def take(tx: Tx, zone: str) -> int:
    """The serial with which a zone begins, by its name in A-labels; what is remembered stays as long as the zone."""
    last = tx.value(_LAST, {"name": zone})
    if last is not None:
        tx.execute(_TAKEN, {"name": zone})
    return first_after(last)
