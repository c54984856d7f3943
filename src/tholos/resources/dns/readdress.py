"""Putting one address in the place of another one, in one zone or in all that have it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import ClassVar

from sqlalchemy import bindparam, select, update

from tholos.kernel.errors import Invalid
from tholos.kernel.job import Asked, refuse_at_work, start
from tholos.kernel.tx import State, Tx
from tholos.resources.dns import records
from tholos.resources.dns.content import content
from tholos.resources.dns.model import dns_domains, dns_records
from tholos.resources.dns.record import Zone
from tholos.resources.dns.served import change
from tholos.resources.log.model import SYSTEM, note
from tholos.resources.system.model import root_user

TOGETHER = 50
"""Zones that are changed in one transaction at most."""
SUBJECT = "the addresses of zones"
_OURS = (dns_domains.c.src == "", ~dns_domains.c.slave)
_PUT = update(dns_records).where(dns_records.c.id == bindparam("record_id"))


def readdress(tx: Tx, zone: Zone, old: str, new: str) -> None:
    """Put an address in the place of another one in all of a zone's records, and of the zone's own where it has that.

    Raise Invalid when BIND would not load what comes out.
    """
    standing = _standing(old)
    # A zone that another server sent may have no address: then there is nothing to look for.
    for record in records.of_zone(tx, zone) if old else ():
        value = standing.sub(new, record.value)
        if value != record.value:
            content(record.type, value, "" if record.priority is None else str(record.priority))
            tx.execute(_PUT, {"record_id": record.id, "value": value})
    change(tx, zone, ip=new if zone.ip == old else zone.ip)


def _standing(ip: str) -> re.Pattern[str]:
    """The address as a whole: 198.51.100.7 is no part of 198.51.100.71."""
    return re.compile(rf"(?<![0-9.]){re.escape(ip)}(?![0-9]|\.[0-9])")


class Follow(Asked, frozen=True):
    """Put the address ``new`` in the place of ``old`` in every zone of the node's own."""

    kind: ClassVar[str] = "dns.address"
    old: str
    new: str


def follow(tx: Tx, old: str, new: str) -> None:
    """The node is reached by another address: every zone of its own in which the old one stands has that one.

    A zone that BIND would then not load stays as it is, and its account's history says so. More zones than ``TOGETHER``
    follow after the call, by a job: nobody should wait for all of them. Raise InUse while such a job is not finished.
    """
    refuse_at_work(tx, SUBJECT)
    zones = zones_with(tx, old) if new != old else []
    if len(zones) > TOGETHER:
        start(tx, Follow(old, new), account=root_user(tx), subject=SUBJECT)
    else:
        follow_some(tx, zones, old, new)


def zones_with(state: State, ip: str) -> list[int]:
    """The ids of zones that have an address, themselves or in a record.

    What another server has sent is not among them: that is the other one's to change.
    """
    ours = select(dns_domains.c.id, dns_domains.c.ip).where(*_OURS)
    said = select(dns_records.c.domain_id, dns_records.c.value).where(dns_records.c.value.contains(ip, autoescape=True))
    standing = _standing(ip)
    having = {row.domain_id for row in state.rows(said) if standing.search(row.value)}
    return [row.id for row in state.rows(ours.order_by(dns_domains.c.id)) if row.ip == ip or row.id in having]


def follow_some(tx: Tx, zones: Sequence[int], old: str, new: str) -> None:
    """Have some zones follow, by their ids; one that is gone or cannot is left out."""
    # The number of one that is gone may be that of another one, which need not be ours.
    chosen = select(dns_domains).where(dns_domains.c.id.in_(zones), *_OURS).order_by(dns_domains.c.id)
    done = sum(_follows(tx, zone, old, new) for zone in tx.rows(chosen))
    if done:
        note(tx, SYSTEM, "DNS", f"Address of zones changed (From: {old}, To: {new}, Zones: {done}).")


def _follows(tx: Tx, zone: Zone, old: str, new: str) -> bool:
    if tx.goes_without(zone.zone):
        return _stays(tx, zone, tx.left_out[zone.zone])
    try:
        with tx.connection.begin_nested():
            readdress(tx, zone, old, new)
    except Invalid as refusal:
        return _stays(tx, zone, refusal.text)
    return True


def _stays(tx: Tx, zone: Zone, why: str) -> bool:
    note(tx, zone.account, "DNS", f"Address not changed (Name: {zone.domain}): {why}.", "Warning")
    return False
