"""Reading zones, and the checks that commands on them begin with."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, bindparam, false, func, select

from tholos.kernel.errors import Exists, NotExist
from tholos.kernel.tx import State
from tholos.resources.dns.model import dns_domains, dns_records
from tholos.resources.dns.reach import is_reached
from tholos.resources.domain import claims
from tholos.resources.domain.claims import NAMES, Claim, claim
from tholos.resources.pausing import refuse_suspended
from tholos.resources.types import Domain

NOUN = "dns"
Zone = Row[Any]


def _zone_exists(name: str) -> Exists:
    return Exists(f"DNS domain {name} exists", argument="domain")


_HOLDERS = select(dns_domains.c.zone.label("name"), dns_domains.c.account, false().label("shares"))
ZONE_NAMES = claim(Claim(NOUN, "zone", _zone_exists, _HOLDERS.where(dns_domains.c.zone.in_(NAMES)), whole=True))

_COUNTED = select(func.count()).where(dns_records.c.domain_id == dns_domains.c.id).scalar_subquery().label("records")
ZONES = select(dns_domains, _COUNTED)
"""Zones with the number of their records."""
_FIND = ZONES.where(dns_domains.c.account == bindparam("account"), dns_domains.c.zone == bindparam("zone"))


def find(state: State, account: str, domain: Domain) -> Zone | None:
    """An account's zone, by either spelling of its name, or None."""
    return state.row(_FIND, {"account": account, "zone": domain.ascii})


def require(state: State, account: str, domain: Domain) -> Zone:
    """An account's zone, or NotExist; a cluster's master has only those that it may have brought."""
    zone = find(state, account, domain)
    if zone is None or not is_reached(state, zone):
        raise NotExist(f"dns domain {domain} doesn't exist", argument="domain")
    return zone


def require_active(state: State, account: str, domain: Domain) -> Zone:
    """An account's zone, NotExist, or Suspended."""
    zone = require(state, account, domain)
    refuse_suspended(zone, "dns", domain, "domain")
    return zone


_COLUMNS = {name: dns_domains.c[name] for name in ("domain", "zone", "ip", "template", "ttl", "dnssec", "suspended")}
"""The columns behind the fields that a list is filtered by."""


def of_account(state: State, account: str) -> Sequence[Zone]:
    """All zones of an account, in the order in which they were added."""
    return state.listed(ZONES.where(dns_domains.c.account == account).order_by(dns_domains.c.id), _COLUMNS)


def count(state: State, account: str) -> int:
    """How many zones an account has."""
    return int(state.value(select(func.count()).where(dns_domains.c.account == account)))


def require_unused(state: State, account: str, domain: Domain) -> None:
    """Raise Exists when there is such a zone in any account, or something else of that name in another one."""
    claims.require_unused(state, NOUN, domain)
    claims.require_not_anothers(state, account, NOUN, domain)
