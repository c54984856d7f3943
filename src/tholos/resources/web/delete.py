"""Deleting sites."""

from __future__ import annotations

from sqlalchemy import delete

from tholos.kernel.command import command
from tholos.kernel.tx import Tx
from tholos.resources.log.model import note
from tholos.resources.system.model import require_system
from tholos.resources.types import AccountName, Domain
from tholos.resources.user.record import require as require_account
from tholos.resources.web.model import web_domains
from tholos.resources.web.record import of_account, require
from tholos.resources.web.roots import leave_roots
from tholos.resources.web.want import NAME


@command(
    "web.domain.delete",
    legacy="v-delete-web-domain USER DOMAIN [RESTART]",
    rest="DELETE /users/{user}/web-domains/{domain}",
    role="user",
)
def remove(tx: Tx, user: AccountName, domain: Domain) -> None:
    """Delete a site with its files, logs and configuration.

    Sites of the account whose document roots lie in it are served from their own again.
    """
    require_system(tx, "WEB_SYSTEM")
    require_account(tx, user)
    site = require(tx, user, domain)
    remove_site(tx, user, site.domain)
    leave_roots(tx, user, (site.domain,))
    note(tx, user, "Web", f"Deleted web domain (Name: {site.domain}).")


@command(
    "web.domain.delete_all",
    legacy="v-delete-web-domains USER [RESTART]",
    rest="DELETE /users/{user}/web-domains",
    role="user",
)
def remove_all(tx: Tx, user: AccountName) -> None:
    """Delete all sites of an account that are not suspended."""
    require_system(tx, "WEB_SYSTEM")
    require_account(tx, user)
    gone = [site.domain for site in of_account(tx, user) if not site.suspended]
    for domain in gone:
        remove_site(tx, user, domain)
        note(tx, user, "Web", f"Deleted web domain (Name: {domain}).")
    leave_roots(tx, user, set(gone))


def remove_site(tx: Tx, user: str, domain: str) -> None:
    """Take a site out of the state and off the machine."""
    here = (web_domains.c.account == user) & (web_domains.c.domain == domain)
    tx.execute(delete(web_domains).where(here))
    tx.drop("site", user, domain)
    tx.drop(NAME, domain)
    tx.want("php", user)
