"""Adding records."""

from __future__ import annotations

from typing import NamedTuple

from tholos.kernel.command import command
from tholos.kernel.errors import Exists, Invalid, NotExist
from tholos.kernel.late import Late
from tholos.kernel.tx import State, Tx
from tholos.resources.dns.content import Content, content
from tholos.resources.dns.record import Zone, require_active
from tholos.resources.dns.records import count, find, find_same, insert_record
from tholos.resources.dns.served import grow, zone_data
from tholos.resources.dns.types import Priority, Quiet, RecordId, RecordName, RecordType, RecordValue, Ttl
from tholos.resources.dns.zone import has_address
from tholos.resources.limits import require_room
from tholos.resources.log.model import note
from tholos.resources.system.model import require_system
from tholos.resources.types import AccountName, Domain
from tholos.resources.user.record import require_active as require_active_account

_DEFAULT = Priority("")


class Made(NamedTuple):
    """The number of a record that was made."""

    id: int


@command(
    "dns.record.add",
    legacy="v-add-dns-record USER DOMAIN RECORD TYPE VALUE [PRIORITY] [ID] [RESTART] [TTL] [QUIET]",
    usage="USER DOMAIN RECORD TYPE VALUE [PRIORITY] [ID] [RESTART] [TTL]",
    rest="POST /users/{user}/dns-domains/{domain}/records",
    role="user",
)
def add(
    tx: Tx,
    user: AccountName,
    domain: Domain,
    record: RecordName,
    type: RecordType,
    value: RecordValue,
    priority: Priority = _DEFAULT,
    id: Late[RecordId] | None = None,
    ttl: Late[Ttl] | None = None,
    quiet: Quiet | None = None,
) -> Made:
    """Add a record to a zone."""
    said = content(type, value, priority)
    require_system(tx, "DNS_SYSTEM")
    account = require_active_account(tx, user)
    zone = require_active(tx, user, domain)
    wanted = id.take() if id else None
    if wanted is not None and find(tx, zone, wanted) is not None:
        raise Exists(f"ID={wanted} already exists", argument="id")
    same = find_same(tx, zone, record, said)
    if same is not None:
        raise Exists(f"dns record {record} of type {type} exists :: ID={same} says the same", argument="value")
    require_room("DNS_RECORDS", account.dns_records, count(tx, zone))
    number = add_record(tx, zone, record, said, number=wanted, ttl=ttl.take() if ttl else None)
    if quiet != "yes":
        note(tx, user, "DNS", f"Added DNS record (Domain: {domain}, ID: {number}, Type: {type}, Name: {record}).")
    return Made(number)


def add_record(
    tx: Tx, zone: Zone, record: str, said: Content, *, number: int | None = None, ttl: int | None = None
) -> int:
    """Add a record to a zone and give its number; refuse it when BIND would not load the zone with it."""
    require_primary(zone)
    require_server(tx, zone, said)
    number = insert_record(tx, zone.id, number, record, said, ttl)
    grow(tx, zone)
    return number


def require_primary(zone: Zone) -> None:
    """Raise Invalid for a zone whose records are another server's."""
    if zone.slave:
        raise Invalid(f"dns domain {zone.domain} is transferred from {zone.master}", argument="domain")


def require_server(state: State, zone: Zone, said: Content) -> None:
    """Raise NotExist for a name server in the zone that has no address there."""
    if said.type == "NS" and not has_address(zone_data(state, zone), said.value):
        raise NotExist(f"dns record {said.value} of type A or AAAA doesn't exist", argument="value")
