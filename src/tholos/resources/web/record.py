"""Reading web domains, and the checks that commands on them begin with."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import Row, func, literal, select, update

from tholos.kernel.errors import Exists, NotExist, Suspended
from tholos.kernel.tx import State, Tx
from tholos.resources.dns.model import dns_domains
from tholos.resources.idn import spellings
from tholos.resources.stats.sums import sent_by_site
from tholos.resources.system.model import setting
from tholos.resources.types import Domain
from tholos.resources.web.model import web_aliases, web_domains, web_logins

if TYPE_CHECKING:
    from publicsuffixlist import PublicSuffixList

Site = Row[Any]

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
SITES = select(web_domains, _ALIAS_LIST, _LOGIN_LIST, sent_by_site(web_domains.c.id, web_domains.c.account))
"""Sites with their aliases as a comma list, their logins as a colon list, and what they have sent this month."""


def registrable(name: str) -> str:
    """The part of a name that somebody registers (public suffix list), in A-labels; the name itself if it has none."""
    ascii_name = spellings(name.removeprefix("*."))[0]
    return public_suffixes().privatesuffix(ascii_name) or ascii_name


@cache
def public_suffixes() -> PublicSuffixList:
    """The public suffix list; reading it takes a tenth of a second, so the engine does it while it starts."""
    from publicsuffixlist import PublicSuffixList

    return PublicSuffixList()


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


def require_unused(state: State, names: Iterable[str]) -> None:
    """Raise Exists when a name is a site or an alias already, in any account and in either spelling."""
    for name in names:
        taken = is_taken(state, name)
        if taken:
            raise Exists(f"Web {taken} {name} exists", argument="domain")


def is_taken(state: State, name: str) -> str:
    """What has this name already: ``domain`` for a site, ``alias`` for an alias of one, empty for nothing."""
    if state.value(select(literal(1)).where(web_domains.c.domain.in_(spellings(name)))):
        return "domain"
    return "alias" if state.value(select(literal(1)).where(web_aliases.c.alias.in_(spellings(name)))) else ""


def require_parent_free(state: State, account: str, names: Iterable[str]) -> None:
    """Raise Exists when a name is another account's zone, or lies below one that another account serves.

    The latter counts with ENFORCE_SUBDOMAIN_OWNERSHIP: it is the registrable part of the name, as a zone, a site or an
    alias, or an alias with ``*.`` that covers the name. A site that lets other accounts have names below its own
    (ALLOW_USERS) forbids nothing.
    """
    enforced = setting(state, "ENFORCE_SUBDOMAIN_OWNERSHIP") == "yes"
    for name in names:
        if _zone_of_another(state, account, name):
            raise Exists(f"DNS domain {name} exists", argument="domain")
        if not enforced:
            continue
        parent = registrable(name)
        if _zone_of_another(state, account, parent):
            raise Exists(f"Unable to add {name}. {parent} belongs to a different user", argument="domain")
        foreign = (web_domains.c.account != account) & ~web_domains.c.allow_users
        above = [spelling for known in (parent, *_covering(name, parent)) for spelling in spellings(known)]
        sites = select(literal(1)).where(foreign, web_domains.c.domain.in_(above))
        aliases = select(literal(1)).select_from(web_aliases.join(web_domains))
        if state.value(sites) or state.value(aliases.where(foreign, web_aliases.c.alias.in_(above))):
            raise Exists(f"Unable to add {name}. {parent} belongs to a different user", argument="domain")


def _zone_of_another(state: State, account: str, name: str) -> bool:
    here = (dns_domains.c.zone == spellings(name)[0]) & (dns_domains.c.account != account)
    return bool(state.value(select(literal(1)).where(here)))


def _covering(name: str, parent: str) -> Iterator[str]:
    """The aliases with ``*.`` that would answer for a name, down to the registrable part."""
    above = spellings(name.removeprefix("*."))[0]
    while above != parent and "." in above:
        above = above.partition(".")[2]
        yield f"*.{above}"


def change(tx: Tx, site: Site, **values: object) -> None:
    """Change columns of a site, and have it planned again."""
    tx.execute(update(web_domains).where(web_domains.c.id == site.id).values(values))
    tx.want("site", site.account, site.domain)
