"""Reading web domains, and the checks that commands on them begin with."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from publicsuffixlist import PublicSuffixList
from sqlalchemy import Row, func, literal, select

from tholos.kernel.errors import Exists, NotExist, Suspended
from tholos.kernel.tx import State
from tholos.resources.idn import spellings
from tholos.resources.system.model import setting
from tholos.resources.types import Domain
from tholos.resources.web.model import web_aliases, web_domains

Site = Row[Any]

_SUFFIXES = PublicSuffixList()

_ALIAS_LIST = (
    select(func.coalesce(func.group_concat(web_aliases.c.alias, ","), ""))
    .where(web_aliases.c.domain_id == web_domains.c.id)
    .scalar_subquery()
    .label("aliases")
)
SITES = select(web_domains, _ALIAS_LIST)
"""Sites with their aliases as a comma list."""


def registrable(name: str) -> str:
    """The part of a name that somebody registers (public suffix list), in A-labels; the name itself if it has none."""
    ascii_name = spellings(name.removeprefix("*."))[0]
    return _SUFFIXES.privatesuffix(ascii_name) or ascii_name


def find(state: State, account: str, domain: str) -> Site | None:
    """An account's site, or None."""
    here = (web_domains.c.account == account) & (web_domains.c.domain == domain)
    return state.row(SITES.where(here))


def require(state: State, account: str, domain: Domain) -> Site:
    """An account's site, or NotExist."""
    site = find(state, account, domain)
    if site is None:
        raise NotExist(f"web domain {domain} doesn't exist", argument="domain")
    return site


def require_active(state: State, account: str, domain: Domain) -> Site:
    """An account's site, NotExist, or Suspended."""
    site = require(state, account, domain)
    if site.suspended:
        raise Suspended(f"web {domain} is suspended", argument="domain")
    return site


def of_account(state: State, account: str) -> Sequence[Site]:
    """All sites of an account, in the order in which they were added."""
    return state.rows(SITES.where(web_domains.c.account == account).order_by(web_domains.c.id))


def alias_names(site: Site) -> tuple[str, ...]:
    """The aliases of a site, sorted."""
    return tuple(sorted(part for part in site.aliases.split(",") if part))


def require_unused(state: State, names: Iterable[str]) -> None:
    """Raise Exists when a name is a site or an alias already, in any account."""
    for name in names:
        forms = spellings(name)
        if state.value(select(literal(1)).where(web_domains.c.domain.in_(forms))):
            raise Exists(f"Web domain {name} exists", argument="domain")
        if state.value(select(literal(1)).where(web_aliases.c.alias.in_(forms))):
            raise Exists(f"Web alias {name} exists", argument="domain")


def require_parent_free(state: State, account: str, names: Iterable[str]) -> None:
    """Raise Exists when the registrable part of a name is in use by another account (ENFORCE_SUBDOMAIN_OWNERSHIP)."""
    if setting(state, "ENFORCE_SUBDOMAIN_OWNERSHIP") != "yes":
        return
    for name in names:
        parent = registrable(name)
        foreign = select(web_domains.c.id).where(
            web_domains.c.account != account,
            web_domains.c.domain.in_(spellings(parent)),
        )
        if state.value(foreign):
            raise Exists(f"Unable to add {name}. {parent} belongs to a different user", argument="domain")
