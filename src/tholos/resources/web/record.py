"""Reading web domains, and the checks that commands on them begin with."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, bindparam, func, select, update

from tholos.kernel.errors import Exists, NotExist
from tholos.kernel.tx import State, Tx
from tholos.resources.domain.claims import (
    NAMES,
    Claim,
    claim,
    require_not_anothers,
    require_not_reserved,
    require_parent_free,
    require_unused,
)
from tholos.resources.idn import spellings
from tholos.resources.ip.model import addresses
from tholos.resources.pausing import refuse_suspended
from tholos.resources.stats.sums import sent_by_site
from tholos.resources.types import Alias, Domain
from tholos.resources.web.model import web_aliases, web_domains, web_logins

NOUN = "web"
Site = Row[Any]


def _site_exists(name: str) -> Exists:
    return Exists(f"Web domain {name} exists", argument="domain")


def _alias_exists(name: str) -> Exists:
    return Exists(f"Web alias {name} exists", argument="domain")


_HOLDER = (web_domains.c.account, web_domains.c.allow_users.label("shares"))
_SITES = select(web_domains.c.domain.label("name"), *_HOLDER)
SITE_NAMES = claim(Claim(NOUN, "site", _site_exists, _SITES.where(web_domains.c.domain.in_(NAMES))))
_ALIASES = select(web_aliases.c.alias.label("name"), *_HOLDER).select_from(web_aliases.join(web_domains))
claim(Claim(NOUN, "alias", _alias_exists, _ALIASES.where(web_aliases.c.alias.in_(NAMES))))

_ALIAS_LIST = (
    select(func.coalesce(func.group_concat(web_aliases.c.alias, ","), ""))
    .where(web_aliases.c.domain_id == web_domains.c.id)
    .scalar_subquery()
    .label("aliases")
)
_LOGIN_LIST = (
    select(func.coalesce(func.group_concat(web_logins.c.login, ":"), ""))
    .where(web_logins.c.domain_id == web_domains.c.id)
    .scalar_subquery()
    .label("logins")
)
_PUBLIC = (
    select(func.coalesce(func.nullif(addresses.c.nat, ""), addresses.c.ip))
    .where(addresses.c.ip == web_domains.c.ip)
    .scalar_subquery()
    .label("public_ip")
)
SITES = select(web_domains, _PUBLIC, _ALIAS_LIST, _LOGIN_LIST, sent_by_site(web_domains.c.id, web_domains.c.account))
"""Sites with their aliases as a comma list, their logins as a colon list, and what they have sent this month.

``public_ip`` is the address by which the world reaches them, another one where the node stands behind NAT.
"""


# Every site that is planned is looked up, and making a statement takes longer than carrying it out.
_OF_ACCOUNT, _NAMED = web_domains.c.account == bindparam("account"), web_domains.c.domain == bindparam("domain")
_STORED = SITES.where(_OF_ACCOUNT, _NAMED)
_FOUND = SITES.where(_OF_ACCOUNT, _NAMED | (web_domains.c.domain == bindparam("spelled")))


def stored(state: State, account: str, domain: str) -> Site | None:
    """An account's site by its name exactly as it is kept, which its files and logs are named after; or None."""
    return state.row(_STORED, {"account": account, "domain": domain})


def find(state: State, account: str, domain: str) -> Site | None:
    """An account's site, by either spelling of its name, or None; what is done with it goes by ``site.domain``."""
    ascii_name, unicode_name = spellings(domain)
    return state.row(_FOUND, {"account": account, "domain": ascii_name, "spelled": unicode_name})


def require(state: State, account: str, domain: Domain) -> Site:
    """An account's site, or NotExist."""
    site = find(state, account, domain)
    if site is None:
        raise NotExist(f"web domain {domain} doesn't exist", argument="domain")
    return site


def require_active(state: State, account: str, domain: Domain) -> Site:
    """An account's site, NotExist, or Suspended."""
    site = require(state, account, domain)
    refuse_suspended(site, "web", domain, "domain")
    return site


_COLUMNS = {
    "user": web_domains.c.account,
    "directory_listing": web_domains.c.listing,
    **{
        name: web_domains.c[name]
        for name in ("domain", "ip", "template", "backend", "proxy", "ssl", "suspended", "allow_users", "ssl_home")
    },
}
"""The columns behind the fields that a list is filtered by."""


def of_account(state: State, account: str) -> Sequence[Site]:
    """All sites of an account, in the order in which they were added."""
    return state.listed(SITES.where(web_domains.c.account == account).order_by(web_domains.c.id), _COLUMNS)


def alias_names(site: Site) -> tuple[str, ...]:
    """The aliases of a site, in the order in which they were added."""
    return tuple(part for part in site.aliases.split(",") if part)


def count(state: State, account: str) -> int:
    """How many sites an account has."""
    return int(state.value(select(func.count()).where(web_domains.c.account == account)))


def require_free(state: State, account: str, names: Sequence[str]) -> None:
    """Raise Exists when a site or an alias has one of the names, another account its zone, or the name above it.

    So it is when a name is reserved.
    """
    require_unused(state, NOUN, *names)
    require_not_reserved(state, account, *names)
    require_not_anothers(state, account, NOUN, *names)
    require_parent_free(state, account, *names)


def refuse_repeated(site: Site, aliases: Sequence[Alias]) -> None:
    """Raise Exists when a site has all of the aliases: a repeated call is answered so, also where no room is left."""
    names = {spellings(name)[0] for name in alias_names(site)}
    if names.issuperset(alias.ascii for alias in aliases):
        raise _alias_exists(aliases[0])


def change(tx: Tx, site: Site, **values: object) -> None:
    """Change columns of a site, and have it planned again."""
    tx.execute(update(web_domains).where(web_domains.c.id == site.id).values(values))
    tx.want("site", site.account, site.domain)
