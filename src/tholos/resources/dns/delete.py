"""Deleting zones."""

from __future__ import annotations

from sqlalchemy import delete

from tholos.kernel.command import command
from tholos.kernel.tx import Tx
from tholos.resources.dns import cluster
from tholos.resources.dns.model import dns_domains
from tholos.resources.dns.past import remember
from tholos.resources.dns.record import Zone, find, of_account, require
from tholos.resources.dns.want import NAME
from tholos.resources.log.model import note
from tholos.resources.system.model import require_system
from tholos.resources.types import AccountName, Domain
from tholos.resources.user.record import require as require_account


@command(
    "dns.domain.delete",
    legacy="v-delete-dns-domain USER DOMAIN [RESTART]",
    rest="DELETE /users/{user}/dns-domains/{domain}",
    role="user",
)
def remove(tx: Tx, user: AccountName, domain: Domain) -> None:
    """Delete a zone with its records and keys."""
    require_system(tx, "DNS_SYSTEM")
    require_account(tx, user)
    if find(tx, user, domain) is None and cluster.take_back(tx, user, domain.ascii):
        # A cluster's master had sent it and takes it back before it was served.
        return
    remove_zone(tx, require(tx, user, domain))


@command(
    "dns.domain.delete_all",
    legacy="v-delete-dns-domains USER [RESTART]",
    rest="DELETE /users/{user}/dns-domains",
    role="user",
)
def remove_all(tx: Tx, user: AccountName) -> None:
    """Delete all zones of an account that are not suspended."""
    require_system(tx, "DNS_SYSTEM")
    require_account(tx, user)
    for zone in of_account(tx, user):
        if not zone.suspended:
            remove_zone(tx, zone)


def remove_zone(tx: Tx, zone: Zone) -> None:
    """Take a zone out of the state and off the machine."""
    tx.execute(delete(dns_domains).where(dns_domains.c.id == zone.id))
    remember(tx, zone)
    tx.drop("zone", zone.account, zone.zone)
    tx.drop(NAME, zone.zone)
    cluster.deleted(tx, zone.account, zone.zone)
    note(tx, zone.account, "DNS", f"Deleted DNS domain (Name: {zone.domain}).")
