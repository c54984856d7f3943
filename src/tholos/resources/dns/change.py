"""Changing a zone: its expiry, primary server, TTL, address, template and signing."""

from __future__ import annotations

from sqlalchemy import delete

from tholos.kernel.command import command
from tholos.kernel.late import Late
from tholos.kernel.tx import State, Tx
from tholos.resources.dns import records
from tholos.resources.dns.add import insert_filled
from tholos.resources.dns.model import dns_records
from tholos.resources.dns.readdress import readdress
from tholos.resources.dns.record import Zone, require_active
from tholos.resources.dns.record_add import require_primary
from tholos.resources.dns.serial import after_signer, following
from tholos.resources.dns.served import change
from tholos.resources.dns.signing import require_signing
from tholos.resources.dns.templates import fill, require_template
from tholos.resources.dns.types import Day, SoaName, TemplateName, Ttl
from tholos.resources.log.model import SYSTEM, note
from tholos.resources.system.model import require_system
from tholos.resources.types import AccountName, Address, Domain, YesNo
from tholos.resources.user.record import Account
from tholos.resources.user.record import require_active as require_active_account


@command(
    "dns.expiry.change",
    legacy="v-change-dns-domain-exp USER DOMAIN EXP",
    rest="PUT /users/{user}/dns-domains/{domain}/expiry",
    role="user",
)
def expiry(tx: Tx, user: AccountName, domain: Domain, exp: Day) -> None:
    """Note the day on which the registration of a domain ends."""
    _, zone = _active(tx, user, domain)
    change(tx, zone, raise_serial=False, expires=exp)
    note(tx, user, "DNS", f"Changed expiration date (Name: {domain}, Date: {exp}).")


@command(
    "dns.soa.change",
    legacy="v-change-dns-domain-soa USER DOMAIN SOA [RESTART]",
    rest="PUT /users/{user}/dns-domains/{domain}/soa",
    role="user",
)
def primary_server(tx: Tx, user: AccountName, domain: Domain, soa: SoaName) -> None:
    """Change the primary server that a zone's SOA record names."""
    _, zone = _active(tx, user, domain)
    change(tx, zone, soa=soa.ascii)
    note(tx, user, "DNS", f"Changed SOA record (Name: {domain}, SOA: {soa}).")


@command(
    "dns.ttl.change",
    legacy="v-change-dns-domain-ttl USER DOMAIN TTL [RESTART]",
    rest="PUT /users/{user}/dns-domains/{domain}/ttl",
    role="user",
)
def time_to_live(tx: Tx, user: AccountName, domain: Domain, ttl: Ttl) -> None:
    """Change how long others may keep those answers that have no TTL of their own."""
    _, zone = _active(tx, user, domain)
    change(tx, zone, ttl=ttl)
    note(tx, user, "DNS", f"Changed DNS TTL (Name: {domain}, TTL: {ttl}).")


@command(
    "dns.address.change",
    legacy="v-change-dns-domain-ip USER DOMAIN IP [RESTART]",
    rest="PUT /users/{user}/dns-domains/{domain}/ip",
    role="user",
)
def address(tx: Tx, user: AccountName, domain: Domain, ip: Address) -> None:
    """Change the address of a zone, in each of its records where the old one stands."""
    _, zone = _active(tx, user, domain)
    readdress(tx, zone, zone.ip, ip)
    note(tx, user, "DNS", f"Changed DNS domain address (Name: {domain}, IP: {ip}).")


@command(
    "dns.template.change",
    legacy="v-change-dns-domain-tpl USER DOMAIN TEMPLATE [RESTART]",
    rest="PUT /users/{user}/dns-domains/{domain}/template",
    role="user",
)
def template(tx: Tx, user: AccountName, domain: Domain, template: TemplateName) -> None:
    """Make a zone's records anew from another template; its name servers and mail keys stay."""
    account, zone = _active(tx, user, domain)
    lines = require_template(tx, template)
    require_primary(zone)
    before = records.of_zone(tx, zone)
    servers = [record.value.rstrip(".") for record in before if record.type == "NS" and record.record == "@"]
    tx.execute(delete(dns_records).where(dns_records.c.domain_id == zone.id))
    filled = fill(lines, zone.zone, zone.ip, servers or account.ns.split(","), tx)
    insert_filled(tx, zone.id, filled, zone.zone, zone.ip)
    for record in before:
        if record.type == "TXT" and record.record.endswith("._domainkey"):
            records.insert_record(tx, zone.id, None, record.record, records.content_of(record), record.own_ttl)
    change(tx, zone, template=template)
    note(tx, SYSTEM, "DNS", f"Changed DNS domain template (Name: {domain}, Template: {template}).")


@command(
    "dns.dnssec.change",
    legacy="v-change-dns-domain-dnssec USER DOMAIN STATUS",
    rest="PUT /users/{user}/dns-domains/{domain}/dnssec",
    role="user",
)
def signing(tx: Tx, user: AccountName, domain: Domain, status: Late[YesNo]) -> None:
    """Sign a zone (DNSSEC), or sign it no longer."""
    _, zone = _active(tx, user, domain)
    signed = status.take() == "yes"
    if signed:
        require_signing(tx)
    if zone.dnssec and not signed:
        # What was signed has a serial of the server's own; what others take instead must be newer.
        change(tx, zone, raise_serial=False, dnssec=False, serial=following(after_signer(zone.serial)))
    else:
        change(tx, zone, dnssec=signed)
    note(tx, user, "DNS", f"Changed DNSSEC status (Name: {domain}, Status: {status}).")


def _active(state: State, user: AccountName, domain: Domain) -> tuple[Account, Zone]:
    require_system(state, "DNS_SYSTEM")
    account = require_active_account(state, user)
    return account, require_active(state, user, domain)
