"""Whether other accounts may have names below that of a site (ENFORCE_SUBDOMAIN_OWNERSHIP)."""

from __future__ import annotations

from sqlalchemy import update

from tholos.kernel.command import command
from tholos.kernel.tx import Tx
from tholos.resources.log.model import SYSTEM, note
from tholos.resources.types import AccountName, Domain
from tholos.resources.user.record import require_active as require_active_account
from tholos.resources.web.model import web_domains
from tholos.resources.web.record import require_active


@command(
    "web.sharing.add",
    legacy="v-add-web-domain-allow-users USER DOMAIN",
    rest="PUT /users/{user}/web-domains/{domain}/allow-users",
    role="user",
)
def allow(tx: Tx, user: AccountName, domain: Domain) -> None:
    """Let other accounts have sites with names below that of this one."""
    name = _set(tx, user, domain, allow=True)
    note(tx, user, "Web", f"Other accounts may use subdomains (Domain: {name}).", "Warning")


@command(
    "web.sharing.delete",
    legacy="v-delete-web-domain-allow-users USER DOMAIN",
    rest="DELETE /users/{user}/web-domains/{domain}/allow-users",
    role="user",
)
def forbid(tx: Tx, user: AccountName, domain: Domain) -> None:
    """Let no other account have new sites with names below that of this one."""
    name = _set(tx, user, domain, allow=False)
    note(tx, SYSTEM, "Web", f"Other accounts may no longer use subdomains (Domain: {name}).")


def _set(tx: Tx, user: AccountName, domain: Domain, *, allow: bool) -> str:
    """Switch it, and give the site's name."""
    require_active_account(tx, user)
    site = require_active(tx, user, domain)
    tx.execute(update(web_domains).where(web_domains.c.id == site.id).values(allow_users=allow))
    return str(site.domain)
