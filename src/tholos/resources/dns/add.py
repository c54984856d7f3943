"""Adding a zone from a template."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from sqlalchemy import insert

from tholos.kernel.command import command
from tholos.kernel.late import Late
from tholos.kernel.tx import Tx
from tholos.resources.dns.content import Content
from tholos.resources.dns.model import dns_domains
from tholos.resources.dns.past import take
from tholos.resources.dns.record import count, require_unused
from tholos.resources.dns.record import require as require_zone
from tholos.resources.dns.records import insert_record
from tholos.resources.dns.served import change
from tholos.resources.dns.signing import require_signing
from tholos.resources.dns.templates import Filled, fill, require_template
from tholos.resources.dns.types import NewZone
from tholos.resources.dns.want import NAME
from tholos.resources.domain.claims import require_not_reserved, require_parent_free
from tholos.resources.domain.registered import registrable
from tholos.resources.limits import require_room
from tholos.resources.log.model import note
from tholos.resources.system.model import require_system
from tholos.resources.types import AccountName, Address, Domain, HostName, NameServer, YesNo
from tholos.resources.user.record import Account, require_active

TTL = 14_400
"""Seconds that others keep an answer when nothing else is said."""


@command(
    "dns.domain.add",
    legacy="v-add-dns-domain USER DOMAIN IP [NS1] [NS2] [NS3] [NS4] [NS5] [NS6] [NS7] [NS8] [RESTART] [DNSSEC]",
    usage="USER DOMAIN IP [NS1] [NS2] [NS3] [..] [NS8] [RESTART]",
    rest="POST /users/{user}/dns-domains",
    role="user",
)
def add(
    tx: Tx,
    user: AccountName,
    domain: NewZone,
    ip: Address,
    ns1: Late[NameServer] | None = None,
    ns2: Late[NameServer] | None = None,
    ns3: Late[NameServer] | None = None,
    ns4: Late[NameServer] | None = None,
    ns5: Late[NameServer] | None = None,
    ns6: Late[NameServer] | None = None,
    ns7: Late[NameServer] | None = None,
    ns8: Late[NameServer] | None = None,
    dnssec: Late[YesNo] | None = None,
) -> None:
    """Serve a zone, with the records of the account's template."""
    require_system(tx, "DNS_SYSTEM")
    account = require_active(tx, user)
    require_unused(tx, user, domain)
    signed = dnssec is not None and dnssec.take() == "yes"
    if signed:
        require_signing(tx)
    require_room("DNS_DOMAINS", account.dns_domains, count(tx, user))

    def given() -> Sequence[str]:
        taken = [server.take() for server in (ns1, ns2, ns3, ns4, ns5, ns6, ns7, ns8) if server]
        return taken if ns2 else ()

    add_zone(tx, account, domain, ip, given, signed=signed)


def add_zone(
    tx: Tx,
    account: Account,
    domain: Domain,
    ip: str,
    servers: Callable[[], Sequence[str]] = tuple,
    *,
    signed: bool = False,
) -> None:
    """Make a zone of the account's template.

    ``servers`` gives its name servers once the rest is found right; without any it has the account's.
    """
    template = require_template(tx, account.dns_template)
    require_not_reserved(tx, account.name, domain)
    require_parent_free(tx, account.name, domain)
    names = [HostName(server).ascii for server in servers() or account.ns.split(",")]
    values = {
        "account": account.name,
        "domain": domain,
        "zone": domain.ascii,
        "parent": registrable(domain),
        "ip": ip,
        "template": account.dns_template,
        "ttl": TTL,
        "expires": _in_a_year(tx.context.now),
        "soa": names[0],
        "serial": take(tx, domain.ascii),
        "dnssec": signed,
    }
    tx.execute(insert(dns_domains).values(created=tx.context.now, **values))
    tx.want(NAME, domain.ascii)
    zone = require_zone(tx, account.name, domain)
    insert_filled(tx, zone.id, fill(template, domain.ascii, ip, names, tx), domain.ascii, ip)
    change(tx, zone, raise_serial=False)
    note(tx, account.name, "DNS", f"Added new DNS domain (Name: {domain}).")


def _in_a_year(now: datetime) -> str:
    later = now.replace(year=now.year + 1, day=min(now.day, 28) if now.month == 2 else now.day)
    return f"{later:%Y-%m-%d}"


def insert_filled(tx: Tx, zone_id: int, records: Sequence[Filled], zone: str, ip: str) -> None:
    """Insert what a template gives, and an address for each name server in the zone that has none there.

    BIND does not load a zone without that address.
    """
    for one in records:
        insert_record(tx, zone_id, one.number, one.record, one.content)
    named = {one.record for one in records}
    servers = dict.fromkeys(one.content.value for one in records if one.content.type == "NS" and one.record == "@")
    for server in servers:
        label = server.removesuffix(".").removesuffix(f".{zone}")
        if server.removesuffix(".") != label and label not in named:
            insert_record(tx, zone_id, None, label, Content("A", None, ip))
