"""Suspending sites, bringing them back, and applying them again."""

from __future__ import annotations

from sqlalchemy import select, update

from tholos.kernel.command import command
from tholos.kernel.job import Started
from tholos.kernel.tx import Tx
from tholos.resources.log.model import note
from tholos.resources.owned import Owned, owned
from tholos.resources.pausing import refuse_unsuspended
from tholos.resources.spread import spread
from tholos.resources.system.model import require_system
from tholos.resources.types import AccountName, Domain
from tholos.resources.user.record import require as require_account
from tholos.resources.web.delete import remove_site
from tholos.resources.web.model import web_domains
from tholos.resources.web.record import of_account, require, require_active


@command(
    "web.domain.suspend",
    legacy="v-suspend-web-domain USER DOMAIN [RESTART]",
    rest="POST /users/{user}/web-domains/{domain}/suspend",
    role="user",
)
def suspend(tx: Tx, user: AccountName, domain: Domain) -> None:
    """Suspend a site: visitors see a notice in its place."""
    require_system(tx, "WEB_SYSTEM")
    require_account(tx, user)
    site = require_active(tx, user, domain)
    mark(tx, user, site.domain, suspended=True)
    note(tx, "system", "Web", f"Suspended web domain (Name: {site.domain}).")


@command(
    "web.domain.unsuspend",
    legacy="v-unsuspend-web-domain USER DOMAIN [RESTART]",
    rest="POST /users/{user}/web-domains/{domain}/unsuspend",
    role="user",
)
def unsuspend(tx: Tx, user: AccountName, domain: Domain) -> None:
    """Serve a suspended site again."""
    require_system(tx, "WEB_SYSTEM")
    require_account(tx, user)
    site = require(tx, user, domain)
    refuse_unsuspended(site, "web", domain, "domain")
    mark(tx, user, site.domain, suspended=False)
    note(tx, "system", "Web", f"Unsuspended web domain (Name: {site.domain}).")


@command(
    "web.domain.suspend_all",
    legacy="v-suspend-web-domains USER [RESTART]",
    rest="POST /users/{user}/suspend-web-domains",
    role="user",
)
def suspend_all(tx: Tx, user: AccountName) -> None:
    """Suspend all sites of an account."""
    require_system(tx, "WEB_SYSTEM")
    require_account(tx, user)
    _mark_all(tx, user, suspended=True)


@command(
    "web.domain.unsuspend_all",
    legacy="v-unsuspend-web-domains USER [RESTART]",
    rest="POST /users/{user}/unsuspend-web-domains",
    role="user",
)
def unsuspend_all(tx: Tx, user: AccountName) -> None:
    """Serve all sites of an account again."""
    require_system(tx, "WEB_SYSTEM")
    require_account(tx, user)
    _mark_all(tx, user, suspended=False)


@command(
    "web.domain.rebuild",
    legacy="v-rebuild-web-domain USER DOMAIN [RESTART]",
    rest="POST /users/{user}/web-domains/{domain}/rebuild",
    role="user",
)
def rebuild(tx: Tx, user: AccountName, domain: Domain) -> None:
    """Apply a site's configuration again, whatever is on the machine."""
    require_system(tx, "WEB_SYSTEM")
    require_account(tx, user)
    site = require(tx, user, domain)
    tx.rebuild("site", user, site.domain)
    tx.rebuild("php", user)
    note(tx, "system", "System", f"Web configuration applied again (User: {user}, Domain: {site.domain}).")


@command(
    "web.domain.rebuild_all",
    legacy="v-rebuild-web-domains USER [RESTART]",
    rest="POST /users/{user}/rebuild-web-domains",
    role="user",
)
def rebuild_all(tx: Tx, user: AccountName) -> Started | None:
    """Apply the configuration of all sites of an account again."""
    require_system(tx, "WEB_SYSTEM")
    require_account(tx, user)
    _rebuild_all(tx, user)
    note(tx, "system", "System", f"Web configuration of all sites applied again (User: {user}).")
    return spread(tx, user)


def _rebuild_all(tx: Tx, user: str) -> None:
    for site in of_account(tx, user):
        tx.rebuild("site", user, site.domain)
    tx.rebuild("php", user)


def mark(tx: Tx, user: str, domain: str, *, suspended: bool) -> None:
    """Pause or resume a site."""
    here = (web_domains.c.account == user) & (web_domains.c.domain == domain)
    tx.execute(update(web_domains).where(here).values(suspended=suspended))
    tx.want("site", user, domain)


def _mark_all(tx: Tx, user: str, *, suspended: bool) -> None:
    other = (web_domains.c.account == user) & (web_domains.c.suspended != suspended)
    for site in tx.rows(select(web_domains.c.domain).where(other).order_by(web_domains.c.id)):
        tx.want("site", user, site.domain)
    tx.execute(update(web_domains).where(other).values(suspended=suspended))


def _delete_all(tx: Tx, user: str) -> None:
    for site in of_account(tx, user):
        remove_site(tx, user, site.domain)


WEB = owned(Owned(noun="web", delete=_delete_all, mark_all=_mark_all, rebuild=_rebuild_all))
