"""Sending the visitors of a site to another address."""

from __future__ import annotations

from tholos.kernel.command import command
from tholos.kernel.tx import Tx
from tholos.resources.log.model import note
from tholos.resources.types import AccountName, Domain
from tholos.resources.user.record import require_active as require_active_account
from tholos.resources.web.record import change, require_active
from tholos.resources.web.types import RedirectCode, RedirectTarget

MOVED = RedirectCode(301)


@command(
    "web.redirect.add",
    legacy="v-add-web-domain-redirect USER DOMAIN REDIRECT [HTTPCODE] [RESTART]",
    usage="USER DOMAIN REDIRECT [HTTP-CODE] [RESTART]",
    rest="PUT /users/{user}/web-domains/{domain}/redirect",
    role="user",
)
def add(tx: Tx, user: AccountName, domain: Domain, redirect: RedirectTarget, httpcode: RedirectCode = MOVED) -> None:
    """Send every visitor of a site to another address, which may be one of its own names."""
    require_active_account(tx, user)
    site = require_active(tx, user, domain)
    change(tx, site, redirect=redirect, redirect_code=str(httpcode))
    note(tx, user, "Web", f"Added web domain redirect (Domain: {site.domain}, Target: {redirect}, Code: {httpcode}).")


@command(
    "web.redirect.delete",
    legacy="v-delete-web-domain-redirect USER DOMAIN [RESTART]",
    rest="DELETE /users/{user}/web-domains/{domain}/redirect",
    role="user",
)
def remove(tx: Tx, user: AccountName, domain: Domain) -> None:
    """Serve a site itself again."""
    require_active_account(tx, user)
    site = require_active(tx, user, domain)
    change(tx, site, redirect="", redirect_code="")
    note(tx, user, "Web", f"Deleted web domain redirect (Domain: {site.domain}).")
