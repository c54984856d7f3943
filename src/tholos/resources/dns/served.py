"""What becomes of a zone that was changed: its serial, the check of all of it, and who must follow."""

from __future__ import annotations

from sqlalchemy import bindparam, select, update

from tholos.kernel.errors import Invalid, LimitReached
from tholos.kernel.tx import State, Tx
from tholos.resources.dns import cluster
from tholos.resources.dns.model import dns_domains, dns_records
from tholos.resources.dns.owner import FIELDS
from tholos.resources.dns.record import Zone
from tholos.resources.dns.serial import following
from tholos.resources.dns.zone import Unsound, ZoneData, master_file

_MIB = 1024 * 1024
LARGEST = 8 * _MIB
"""Bytes of a zone's file up to which records may be added: each change prints it, and has BIND read it, as a whole."""
# Made once for all changes of zones: making a statement takes longer than carrying it out.
_ZONE = select(dns_domains).where(dns_domains.c.id == bindparam("zone_id"))
_CHANGE = update(dns_domains).where(dns_domains.c.id == bindparam("zone_id"))
_SERVED = (
    select(*(dns_records.c[name] for name in FIELDS))
    .where(dns_records.c.domain_id == bindparam("zone_id"), ~dns_records.c.suspended)
    .order_by(dns_records.c.number)
)


def zone_data(state: State, zone: Zone) -> ZoneData:
    """All that the master file of a zone says: its records that are not paused."""
    return ZoneData(zone.zone, zone.soa, zone.serial, zone.ttl, tuple(state.tuples(_SERVED, {"zone_id": zone.id})))


def change(tx: Tx, zone: Zone, *, raise_serial: bool = True, queue: bool = True, **values: object) -> int:
    """Change columns of a zone and have it planned again; give the bytes of its file.

    Raise Invalid when BIND would not load what is there now.
    """
    if raise_serial:
        values["serial"] = following(zone.serial)
    if values:
        tx.execute(_CHANGE, {**values, "zone_id": zone.id})
    size = require_sound(tx, zone.id)
    tx.want("zone", zone.account, zone.zone)
    if queue:
        cluster.changed(tx, zone.account, zone.zone)
    return size


def grow(tx: Tx, zone: Zone) -> None:
    """As ``change``, for a zone that has more in it than before; LimitReached when that is too much."""
    if change(tx, zone) > LARGEST:
        most = f"its records take {LARGEST // _MIB} MiB at most, as they are served"
        raise LimitReached(f"dns domain {zone.domain} is full :: {most}", argument="domain")


def require_sound(tx: Tx, zone_id: int) -> int:
    """Raise Invalid when BIND would not load a zone as it is now; give the bytes of its file.

    A secondary's data is its primary's.
    """
    zone = tx.row(_ZONE, {"zone_id": zone_id})
    if zone is None or zone.slave:
        return 0
    try:
        return len(master_file(zone_data(tx, zone)))
    except Unsound as problem:
        raise Invalid(f"dns record validation failed :: {problem}", argument="value") from None
