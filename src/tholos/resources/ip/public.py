"""What follows when an address of the node is reached by another public one."""

from __future__ import annotations

from sqlalchemy import or_, select

from tholos.kernel.tx import Tx
from tholos.resources.dns.readdress import follow
from tholos.resources.ip.model import addresses


def moved(tx: Tx, old: str, new: str) -> None:
    """Have zones follow, unless the node has the old public address still, as that of another of its own."""
    there = select(addresses.c.ip).where(or_(addresses.c.nat == old, (addresses.c.ip == old) & (addresses.c.nat == "")))
    if tx.value(there) is None:
        follow(tx, old, new)
