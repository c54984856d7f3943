"""What is remembered of a zone that was deleted, for the next one of its name."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.dialects.sqlite import insert

from tholos.kernel.tx import State, Tx
from tholos.resources.dns.model import dns_past
from tholos.resources.dns.record import Zone
from tholos.resources.dns.serial import after_signer, first_after


def remember(tx: Tx, zone: Zone) -> None:
    """A zone is deleted: the next one of its name begins with a later serial, and is another one in a catalog."""
    serial = after_signer(zone.serial) if zone.dnssec else zone.serial
    row = insert(dns_past).values(zone=zone.zone, serial=serial, deletions=1)
    values = {"serial": serial, "deletions": dns_past.c.deletions + 1}
    tx.execute(row.on_conflict_do_update(index_elements=["zone"], set_=values))


def first_serial(state: State, zone: str) -> int:
    """The serial with which a zone begins, by its name in A-labels."""
    return first_after(state.value(select(dns_past.c.serial).where(dns_past.c.zone == zone)))
