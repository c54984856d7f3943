"""Changing records: what they say, their numbers, and whether they are served."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import update

from tholos.kernel.command import command
from tholos.kernel.errors import Exists, Silent, Unchanged
from tholos.kernel.late import Late
from tholos.kernel.tx import State, Tx
from tholos.resources.dns.content import content
from tholos.resources.dns.model import dns_records
from tholos.resources.dns.record import Zone, require_active
from tholos.resources.dns.record_add import require_primary, require_server
from tholos.resources.dns.records import Record, content_of, find
from tholos.resources.dns.records import require as require_record
from tholos.resources.dns.served import change as change_zone
from tholos.resources.dns.served import grow
from tholos.resources.dns.types import OwnTtl, Priority, RecordId, RecordName, RecordTypeOrNone, RecordValue
from tholos.resources.log.model import SYSTEM, note
from tholos.resources.pausing import refuse_suspended
from tholos.resources.system.model import require_system
from tholos.resources.types import AccountName, Domain
from tholos.resources.user.record import require as require_account
from tholos.resources.user.record import require_active as require_active_account

_SAME = Priority("")


class SameRecord(Silent, Unchanged):
    """A record says already what it shall say."""


@command(
    "dns.record.change",
    legacy="v-change-dns-record USER DOMAIN ID RECORD TYPE VALUE [PRIORITY] [RESTART] [TTL]",
    rest="PUT /users/{user}/dns-domains/{domain}/records/{id}",
    role="user",
    examples={"id": "12", "record": "mail", "value": "198.51.100.8"},
)
def change(
    tx: Tx,
    user: AccountName,
    domain: Domain,
    id: RecordId,
    record: RecordName,
    type: Late[RecordTypeOrNone],
    value: Late[RecordValue],
    priority: Priority = _SAME,
    ttl: Late[OwnTtl] | None = None,
) -> None:
    """Change what a record says; it is served afterwards even if it was suspended."""
    zone, before = _changing(tx, user, domain, id)
    own_ttl = ttl.take().seconds if ttl else before.own_ttl
    kept = before.priority if before.priority is not None else ""
    said = content(type.take() or before.type, value.take(), priority or str(kept))
    require_server(tx, zone, said)
    after = {"record": record, **said._asdict(), "ttl": own_ttl}
    now = {"record": before.record, **content_of(before)._asdict(), "ttl": before.own_ttl}
    if after == now and not before.own_suspended:
        raise SameRecord("Nothing of the record was changed")
    # The reference writes it anew, with the time of now.
    _write(tx, zone, before, suspended=False, created=tx.context.now, **after)
    note(tx, user, "DNS", f"Changed DNS record (Domain: {domain}, ID: {id}, Type: {said.type}, Name: {record}).")


@command(
    "dns.record.renumber",
    legacy="v-change-dns-record-id USER DOMAIN ID NEWID [RESTART]",
    rest="PUT /users/{user}/dns-domains/{domain}/records/{id}/id",
    role="user",
    examples={"newid": "40"},
)
def renumber(tx: Tx, user: AccountName, domain: Domain, id: RecordId, newid: RecordId) -> None:
    """Give a record another number."""
    zone, before = _changing(tx, user, domain, id)
    if find(tx, zone, newid) is not None:
        raise Exists(f"ID={newid} already exists", argument="newid")
    _write(tx, zone, before, number=newid)


@command(
    "dns.record.suspend",
    legacy="v-suspend-dns-record USER DOMAIN ID [RESTART]",
    rest="POST /users/{user}/dns-domains/{domain}/records/{id}/suspend",
    role="user",
)
def suspend(tx: Tx, user: AccountName, domain: Domain, id: RecordId) -> None:
    """Suspend a record: it is not served, and can be again."""
    zone, record = _pausing(tx, user, domain, id)
    refuse_suspended(record, f"{domain} id", id, "id")
    _write(tx, zone, record, suspended=True)
    note(tx, SYSTEM, "DNS", f"Suspended DNS record (Domain: {domain}, ID: {id}).")


@command(
    "dns.record.unsuspend",
    legacy="v-unsuspend-dns-record USER DOMAIN ID [RESTART]",
    rest="POST /users/{user}/dns-domains/{domain}/records/{id}/unsuspend",
    role="user",
)
def unsuspend(tx: Tx, user: AccountName, domain: Domain, id: RecordId) -> None:
    """Serve a suspended record again."""
    zone, record = _pausing(tx, user, domain, id)
    if record.suspended:
        _write(tx, zone, record, suspended=False)
    note(tx, SYSTEM, "DNS", f"Unsuspended DNS record (Domain: {domain}, ID: {id}).")


def _changing(state: State, user: AccountName, domain: Domain, number: int) -> tuple[Zone, Record]:
    require_system(state, "DNS_SYSTEM")
    require_active_account(state, user)
    zone = require_active(state, user, domain)
    require_primary(zone)
    return zone, require_record(state, zone, number)


def _pausing(state: State, user: AccountName, domain: Domain, number: int) -> tuple[Zone, Record]:
    require_system(state, "DNS_SYSTEM")
    require_account(state, user)
    zone = require_active(state, user, domain)
    require_primary(zone)
    return zone, require_record(state, zone, number)


def _write(tx: Tx, zone: Zone, before: Record, **values: object) -> None:
    tx.execute(update(dns_records).where(dns_records.c.id == before.id).values(values))
    if _length(before, values) > _length(before, {}):
        grow(tx, zone)
    else:
        change_zone(tx, zone)


def _length(record: Record, values: Mapping[str, object]) -> int:
    """How much of a zone a record is with these values in the place of its own, about: nothing while it is paused."""
    if values.get("suspended", record.own_suspended):
        return 0
    return sum(len(str(values.get(name, record._mapping[name]))) for name in ("record", "type", "value"))
