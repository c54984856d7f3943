"""Putting one address in the place of another one, in one zone or in all that have it."""

from __future__ import annotations

import re

from sqlalchemy import bindparam, select, update

from tholos.kernel.errors import Invalid
from tholos.kernel.tx import Tx
from tholos.resources.dns import records
from tholos.resources.dns.content import content
from tholos.resources.dns.model import dns_domains, dns_records
from tholos.resources.dns.record import Zone
from tholos.resources.dns.served import change
from tholos.resources.log.model import SYSTEM, note

_PUT = update(dns_records).where(dns_records.c.id == bindparam("record_id"))


def readdress(tx: Tx, zone: Zone, old: str, new: str) -> None:
    """Put an address in the place of another one in all of a zone's records, and of the zone's own where it has that.

    Raise Invalid when BIND would not load what comes out.
    """
    # A zone that another server sent may have no address: then there is nothing to look for.
    for record in records.of_zone(tx, zone) if old else ():
        value = _standing(old).sub(new, record.value)
        if value != record.value:
            content(record.type, value, "" if record.priority is None else str(record.priority))
            tx.execute(_PUT, {"record_id": record.id, "value": value})
    change(tx, zone, ip=new if zone.ip == old else zone.ip)


def _standing(ip: str) -> re.Pattern[str]:
    """The address as a whole: 198.51.100.7 is no part of 198.51.100.71."""
    return re.compile(rf"(?<![0-9.]){re.escape(ip)}(?![0-9]|\.[0-9])")


def follow(tx: Tx, old: str, new: str) -> None:
    """The node is reached by another address: every zone of its own in which the old one stands has that one.

    A zone that BIND would then not load stays as it is, and its account's history says so.
    """
    done = sum(_follows(tx, zone, old, new) for zone in _zones_with(tx, old)) if new != old else 0
    if done:
        note(tx, SYSTEM, "DNS", f"Address of zones changed (From: {old}, To: {new}, Zones: {done}).")


def _zones_with(tx: Tx, ip: str) -> list[Zone]:
    """The zones that have an address, themselves or in a record; what another server sent is that one's to change."""
    ours = select(dns_domains).where(dns_domains.c.src == "", ~dns_domains.c.slave).order_by(dns_domains.c.id)
    said = select(dns_records.c.domain_id, dns_records.c.value).where(dns_records.c.value.contains(ip, autoescape=True))
    having = {row.domain_id for row in tx.rows(said) if _standing(ip).search(row.value)}
    return [zone for zone in tx.rows(ours) if zone.ip == ip or zone.id in having]


def _follows(tx: Tx, zone: Zone, old: str, new: str) -> bool:
    savepoint = tx.connection.begin_nested()
    try:
        readdress(tx, zone, old, new)
    except Invalid as refusal:
        savepoint.rollback()
        note(tx, zone.account, "DNS", f"Address not changed (Name: {zone.domain}): {refusal.text}.", "Warning")
        return False
    savepoint.commit()
    return True
