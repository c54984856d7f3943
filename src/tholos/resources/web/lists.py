"""Listing sites."""

from __future__ import annotations

from collections.abc import Sequence

from tholos.kernel.command import command
from tholos.kernel.tx import State
from tholos.resources.types import AccountName, Domain
from tholos.resources.user.record import require as require_account
from tholos.resources.web.record import Site, of_account, require
from tholos.resources.web.resource import WebDomain
from tholos.resources.web.views import SITE, SITES


@command(
    "web.domain.show",
    legacy="v-list-web-domain USER DOMAIN [FORMAT]",
    rest="GET /users/{user}/web-domains/{domain}",
    role="user",
    view=SITE,
    resource=WebDomain,
)
def show(state: State, user: AccountName, domain: Domain) -> Site:
    """Show a site."""
    require_account(state, user)
    return require(state, user, domain)


@command(
    "web.domain.list",
    legacy="v-list-web-domains USER [FORMAT]",
    rest="GET /users/{user}/web-domains",
    role="user",
    view=SITES,
    resource=WebDomain,
)
def show_all(state: State, user: AccountName) -> Sequence[Site]:
    """List the sites of an account."""
    require_account(state, user)
    return of_account(state, user)
