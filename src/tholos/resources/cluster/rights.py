"""Which zones another server may bring: those that it brought before, and new ones with names that are free here.

A server that several masters bring zones to serves what the first of them brought: no customer of one takes a name, or
a part of it, from a customer of another.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, or_, select

from tholos.kernel.errors import Exists
from tholos.kernel.tx import State
from tholos.resources.cluster.waiting import exists, kept, served
from tholos.resources.dns.model import dns_domains
from tholos.resources.dns.reach import is_anothers
from tholos.resources.domain.claims import is_enforced, require_not_reserved
from tholos.resources.domain.registered import above
from tholos.resources.types import Domain


def require_free(state: State, user: str, domain: Domain, src: str, *, new: bool = False) -> None:
    """Raise Exists when a server may not bring a zone to an account: it, or one above it, is somebody else's.

    So it is, too, when the caller is no such server, because another master's key has brought its zones.
    With ``new`` the server says that the zone is not there yet, but for one that it has dropped.
    """
    if is_anothers(state, src):
        text = "another access key has brought its zones, and where that was this server's, v-delete-access-key ends it"
        raise Exists(f"source {src} exists :: {text}", argument="src")
    known, before = served(state, domain), kept(state, user, domain)
    if known is None:
        _require_new(state, user, domain, src, before)
    elif known.account != user or (new and not _is_condemned(before)):
        raise exists(domain)
    elif known.src != src and not _is_handed_over(known, before):
        raise _brought(domain, user, known.src)


def _is_condemned(before: Row[Any] | None) -> bool:
    return before is not None and before.condemned is not None


def _is_handed_over(known: Row[Any], before: Row[Any] | None) -> bool:
    """Tell whether a zone was dropped here, and not by the server that brought it, which only sends it anew."""
    return before is not None and before.condemned is not None and before.src != known.src


def _brought(domain: Domain, user: str, src: str) -> Exists:
    """The refusal of a zone of another origin, and what helps."""
    if not src:
        return Exists(f"dns domain {domain} exists :: it was added here, and v-delete-dns-domain gives it up")
    text = f"it comes from {src}, and v-delete-dns-domains-src {user} {src} gives it up"
    return Exists(f"dns domain {domain} exists :: {text}", argument="domain")


def _require_new(state: State, user: str, domain: Domain, src: str, before: Row[Any] | None) -> None:
    """Raise Exists for the name of a zone that another server has sent already, that is reserved, or below another."""
    if before is not None and before.line and before.src != src:
        raise _brought(domain, user, before.src)
    require_not_reserved(state, user, domain)
    names = above(domain)
    if not names or not is_enforced(state):
        return
    zones, foreign = dns_domains.c, or_(dns_domains.c.account != user, dns_domains.c.src != src)
    taken = state.row(select(zones.zone, zones.account).where(zones.zone.in_(names), foreign))
    if taken is not None:
        whose = "belongs to a different user" if taken.account != user else "has another source"
        raise Exists(f"Unable to add {domain}. {taken.zone} {whose}", argument="domain")
