"""Zones and records for the other names of sites."""

from __future__ import annotations

from tholos.kernel.command import command
from tholos.kernel.tx import State, Tx
from tholos.resources.dns import records
from tholos.resources.dns.add import add as add_zone
from tholos.resources.dns.content import content
from tholos.resources.dns.delete import remove_zone
from tholos.resources.dns.record import Zone, find
from tholos.resources.dns.record_add import add_record
from tholos.resources.dns.record_delete import remove_record
from tholos.resources.dns.types import NewZone, RecordName
from tholos.resources.domain.registered import registrable
from tholos.resources.limits import require_room
from tholos.resources.log.model import note
from tholos.resources.system.model import require_system
from tholos.resources.types import AccountName, Address, Alias, Domain
from tholos.resources.user.record import require as require_account
from tholos.resources.user.record import require_active
from tholos.resources.web.record import require as require_site


@command(
    "dns.alias.add",
    legacy="v-add-dns-on-web-alias USER ALIAS IP [RESTART]",
    rest="POST /users/{user}/dns-aliases",
    role="user",
)
def add(tx: Tx, user: AccountName, alias: Alias, ip: Address) -> None:
    """Serve a site's other name: as a record of the account's zone above it, else as a zone of its own.

    A wildcard is a record of that zone, too.
    """
    require_system(tx, "DNS_SYSTEM")
    account = require_active(tx, user)
    zone, name = _place(tx, user, alias)
    if zone is None:
        add_zone(tx, user, NewZone.parse(alias.removeprefix("*."), "alias"), ip)
        zone, name = _place(tx, user, alias)
    if zone is not None and name != "@" and not any(record.record == name for record in records.of_zone(tx, zone)):
        require_room("DNS_RECORDS", account.dns_records, records.count(tx, zone))
        number = add_record(tx, zone, name, content("A", ip))
        note(tx, user, "DNS", f"Added DNS record (Domain: {zone.domain}, ID: {number}, Type: A, Name: {name}).")


@command(
    "dns.alias.delete",
    legacy="v-delete-dns-on-web-alias USER DOMAIN ALIAS [RESTART]",
    rest="DELETE /users/{user}/web-domains/{domain}/dns-aliases/{alias}",
    role="user",
)
def remove(tx: Tx, user: AccountName, domain: Domain, alias: Alias) -> None:
    """Delete the zone of a site's other name, or the record of it that has the site's address."""
    require_system(tx, "WEB_SYSTEM")
    require_system(tx, "DNS_SYSTEM")
    require_account(tx, user)
    site = require_site(tx, user, domain)
    zone, name = _place(tx, user, alias)
    if zone is None or alias.ascii == domain.ascii:
        return
    if name == "@":
        remove_zone(tx, zone)
        return
    for record in records.of_zone(tx, zone):
        if (record.record, record.type) == (name, "A") and record.value in (site.ip, site.public_ip):
            remove_record(tx, zone, record)
            note(tx, user, "DNS", f"Deleted DNS record (Domain: {zone.domain}, ID: {record.number}).")
            return


def _place(state: State, user: AccountName, alias: Alias) -> tuple[Zone | None, str]:
    """The account's zone that an alias lies in, and its name there; the registrable part is the highest looked at."""
    star = "*." if alias.startswith("*.") else ""
    name, top = alias.ascii.removeprefix("*."), registrable(alias)
    below: list[str] = []
    while Domain.accepts(name):
        zone = find(state, user, Domain(name))
        if zone is not None:
            return zone, RecordName.parse(f"{star}{'.'.join(below)}".rstrip(".") or "@", "alias")
        label, _, above = name.partition(".")
        if name == top or not above:
            break
        below.append(label)
        name = above
    return None, "@"
