"""Pausing zones and bringing them back; a paused zone is not served."""

from __future__ import annotations

from tholos.kernel.command import command
from tholos.kernel.tx import Tx
from tholos.resources.dns.record import Zone, of_account, require, require_active
from tholos.resources.dns.served import change
from tholos.resources.log.model import SYSTEM, note
from tholos.resources.pausing import refuse_unsuspended
from tholos.resources.system.model import require_system
from tholos.resources.types import AccountName, Domain
from tholos.resources.user.record import require as require_account


@command(
    "dns.domain.suspend",
    legacy="v-suspend-dns-domain USER DOMAIN [RESTART]",
    rest="POST /users/{user}/dns-domains/{domain}/suspend",
    role="user",
)
def suspend(tx: Tx, user: AccountName, domain: Domain) -> None:
    """Suspend a zone: it is not served, and its records stay as they are."""
    require_system(tx, "DNS_SYSTEM")
    require_account(tx, user)
    mark(tx, require_active(tx, user, domain), suspended=True)


@command(
    "dns.domain.unsuspend",
    legacy="v-unsuspend-dns-domain USER DOMAIN",
    rest="POST /users/{user}/dns-domains/{domain}/unsuspend",
    role="user",
)
def unsuspend(tx: Tx, user: AccountName, domain: Domain) -> None:
    """Serve a suspended zone again."""
    require_system(tx, "DNS_SYSTEM")
    require_account(tx, user)
    zone = require(tx, user, domain)
    refuse_unsuspended(zone, "dns", domain, "domain")
    mark(tx, zone, suspended=False)


@command(
    "dns.domain.suspend_all",
    legacy="v-suspend-dns-domains USER [RESTART]",
    rest="POST /users/{user}/suspend-dns-domains",
    role="user",
)
def suspend_all(tx: Tx, user: AccountName) -> None:
    """Suspend all zones of an account."""
    require_system(tx, "DNS_SYSTEM")
    require_account(tx, user)
    mark_all(tx, user, suspended=True)


@command(
    "dns.domain.unsuspend_all",
    legacy="v-unsuspend-dns-domains USER [RESTART]",
    rest="POST /users/{user}/unsuspend-dns-domains",
    role="user",
)
def unsuspend_all(tx: Tx, user: AccountName) -> None:
    """Serve all zones of an account again."""
    require_system(tx, "DNS_SYSTEM")
    require_account(tx, user)
    mark_all(tx, user, suspended=False)


def mark(tx: Tx, zone: Zone, *, suspended: bool) -> None:
    """Pause or resume a zone."""
    change(tx, zone, raise_serial=False, suspended=suspended)
    note(tx, SYSTEM, "DNS", f"{'Suspended' if suspended else 'Unsuspended'} DNS domain (Name: {zone.domain}).")


def mark_all(tx: Tx, user: str, *, suspended: bool) -> None:
    """Pause or resume all zones of an account that are not so already."""
    for zone in of_account(tx, user):
        if zone.suspended != suspended:
            mark(tx, zone, suspended=suspended)
