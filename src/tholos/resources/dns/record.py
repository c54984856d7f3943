"""Reading zones, and the checks that commands on them begin with."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Row, bindparam, func, literal, select

from tholos.kernel.errors import Exists, NotExist, Suspended
from tholos.kernel.tx import State
from tholos.resources.dns.model import dns_domains, dns_records
from tholos.resources.idn import spellings
from tholos.resources.system.model import setting
from tholos.resources.types import Domain
from tholos.resources.web.model import web_aliases, web_domains
from tholos.resources.web.record import registrable

Zone = Row[Any]

_COUNTED = select(func.count()).where(dns_records.c.domain_id == dns_domains.c.id).scalar_subquery().label("records")
ZONES = select(dns_domains, _COUNTED)
"""Zones with the number of their records."""
_FIND = ZONES.where(dns_domains.c.account == bindparam("account"), dns_domains.c.zone == bindparam("zone"))


def find(state: State, account: str, domain: Domain) -> Zone | None:
    """An account's zone, by either spelling of its name, or None."""
    return state.row(_FIND, {"account": account, "zone": domain.ascii})


def require(state: State, account: str, domain: Domain) -> Zone:
    """An account's zone, or NotExist."""
    zone = find(state, account, domain)
    if zone is None:
        raise NotExist(f"dns domain {domain} doesn't exist", argument="domain")
    return zone


def require_active(state: State, account: str, domain: Domain) -> Zone:
    """An account's zone, NotExist, or Suspended."""
    zone = require(state, account, domain)
    if zone.suspended:
        raise Suspended(f"dns {domain} is suspended", argument="domain")
    return zone


_COLUMNS = {name: dns_domains.c[name] for name in ("domain", "zone", "ip", "template", "ttl", "dnssec", "suspended")}
"""The columns behind the fields that a list is filtered by."""


def of_account(state: State, account: str) -> Sequence[Zone]:
    """All zones of an account, in the order in which they were added."""
    return state.listed(ZONES.where(dns_domains.c.account == account).order_by(dns_domains.c.id), _COLUMNS)


def count(state: State, account: str) -> int:
    """How many zones an account has."""
    return int(state.value(select(func.count()).where(dns_domains.c.account == account)))


def owner_of(state: State, name: str) -> str | None:
    """The account that has the zone of this name, in either spelling."""
    owner: str | None = state.value(select(dns_domains.c.account).where(dns_domains.c.zone == spellings(name)[0]))
    return owner


def require_unused(state: State, account: str, domain: Domain) -> None:
    """Raise Exists when there is such a zone in any account, or such a site in another one."""
    if owner_of(state, domain) is not None:
        raise Exists(f"DNS domain {domain} exists", argument="domain")
    names = spellings(domain)
    sites = select(literal(1)).where(web_domains.c.domain.in_(names), web_domains.c.account != account)
    aliases = select(literal(1)).select_from(web_aliases.join(web_domains))
    if state.value(sites):
        raise Exists(f"Web domain {domain} exists", argument="domain")
    if state.value(aliases.where(web_aliases.c.alias.in_(names), web_domains.c.account != account)):
        raise Exists(f"Web alias {domain} exists", argument="domain")


def require_parent_free(state: State, account: str, names: Iterable[str]) -> None:
    """Raise Exists when the registrable part of a name is another account's zone (ENFORCE_SUBDOMAIN_OWNERSHIP)."""
    if setting(state, "ENFORCE_SUBDOMAIN_OWNERSHIP") != "yes":
        return
    for name in names:
        parent = registrable(name)
        if owner_of(state, parent) not in (None, account):
            raise Exists(f"Unable to add {name}. {parent} belongs to a different user", argument="domain")
