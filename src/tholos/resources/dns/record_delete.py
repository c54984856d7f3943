"""Deleting records."""

from __future__ import annotations

from sqlalchemy import delete, func, select

from tholos.kernel.command import command
from tholos.kernel.errors import Invalid
from tholos.kernel.tx import Tx
from tholos.resources.dns.model import dns_records
from tholos.resources.dns.record import Zone, require
from tholos.resources.dns.record_add import require_primary
from tholos.resources.dns.records import Record
from tholos.resources.dns.records import require as require_record
from tholos.resources.dns.served import change
from tholos.resources.dns.types import Quiet, RecordId
from tholos.resources.log.model import note
from tholos.resources.types import AccountName, Domain
from tholos.resources.user.record import require as require_account

_NEEDED = ("NS", "A")
"""Types of which a zone keeps one record at least."""


@command(
    "dns.record.delete",
    legacy="v-delete-dns-record USER DOMAIN ID [RESTART] [QUIET]",
    usage="USER DOMAIN ID [RESTART]",
    rest="DELETE /users/{user}/dns-domains/{domain}/records/{id}",
    role="user",
)
def remove(tx: Tx, user: AccountName, domain: Domain, id: RecordId, quiet: Quiet | None = None) -> None:
    """Delete a record; a zone keeps its last address and its last name server."""
    require_account(tx, user)
    zone = require(tx, user, domain)
    record = require_record(tx, zone, id)
    _require_another(tx, zone, record)
    remove_record(tx, zone, record)
    if quiet != "yes":
        note(tx, user, "DNS", f"Deleted DNS record (Domain: {domain}, ID: {id}).")


def _require_another(tx: Tx, zone: Zone, record: Record) -> None:
    same = select(func.count()).where(dns_records.c.domain_id == zone.id, dns_records.c.type == record.type)
    if record.type in _NEEDED and tx.value(same) == 1:
        raise Invalid(f"dns record {record.number} is the last of type {record.type}", argument="id")


def remove_record(tx: Tx, zone: Zone, record: Record) -> None:
    """Take a record out of its zone; refuse it when BIND would not load the zone without it."""
    require_primary(zone)
    tx.execute(delete(dns_records).where(dns_records.c.id == record.id))
    change(tx, zone)
