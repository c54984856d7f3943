"""The zone as the DNS part of a domain."""

from __future__ import annotations

from sqlalchemy import update

from tholos.kernel.tx import Tx
from tholos.resources.dns import cluster
from tholos.resources.dns.add import add_zone
from tholos.resources.dns.delete import remove
from tholos.resources.dns.model import dns_domains
from tholos.resources.dns.record import NOUN, ZONE_NAMES, count, find, require, require_unused
from tholos.resources.dns.served import change
from tholos.resources.dns.suspend import suspend, unsuspend
from tholos.resources.domain.parts import Part, part
from tholos.resources.ip.record import choose_public_address
from tholos.resources.types import AccountName, Address, Domain
from tholos.resources.user.record import require_active


def _add(tx: Tx, user: AccountName, domain: Domain, ip: Address | None) -> None:
    account = require_active(tx, user)
    require_unused(tx, user, domain)
    add_zone(tx, account, domain, choose_public_address(tx, user, ip))


def move(tx: Tx, domain: Domain, before: AccountName, after: AccountName) -> None:
    """Give a zone to another account; it is served afterwards even if it was suspended.

    One that another server sent is the account's own from now on.
    """
    zone = require(tx, before, domain)
    tx.execute(update(dns_domains).where(dns_domains.c.id == zone.id).values(account=after, src=""))
    tx.want("zone", before, zone.zone)
    cluster.deleted(tx, before, zone.zone)
    change(tx, require(tx, after, domain), suspended=False)


ZONE = part(
    Part(
        noun=NOUN,
        order=20,
        setting="DNS_SYSTEM",
        limit="dns_domains",
        count=count,
        find=find,
        add=_add,
        delete=remove,
        suspend=suspend,
        unsuspend=unsuspend,
        names=ZONE_NAMES,
        move=move,
    )
)
