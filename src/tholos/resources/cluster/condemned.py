"""Zones that another server drops, perhaps only to send them anew (``dns-cluster.md``: v-delete-dns-domains-src).

The reference's full sync first deletes every zone that it sent, and serves none of them until all are there again. With
the word ``no`` for RESTART, as it says it, such a zone is only marked here: it goes when the account's zones are
rebuilt and it was not sent again, or when its sender has sent nothing for a while; after some hours in any case.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select, update

from tholos.kernel.command import command
from tholos.kernel.due import call_later, forget_call, put_off_call
from tholos.kernel.tx import ROOT, Tx
from tholos.resources.cluster.model import dns_received
from tholos.resources.cluster.types import Restart, Source
from tholos.resources.cluster.waiting import forget_sent, keep
from tholos.resources.dns.delete import remove_zone
from tholos.resources.dns.model import dns_domains
from tholos.resources.dns.reach import is_source_reached, sources_reached
from tholos.resources.dns.record import ZONES, Zone
from tholos.resources.system.model import require_system
from tholos.resources.types import AccountName, Domain
from tholos.resources.user.record import require as require_account

KEPT_FOR = 15 * 60
"""Seconds that a dropped zone is kept after its sender's last one: the sender may rebuild them one by one."""
KEPT_AT_MOST = 6 * 60 * 60
"""Seconds that a dropped zone is kept however much its sender sends: a busy one sends something all the time."""
_NOW = Restart("")
_END = "v-delete-dns-domains-dropped"


@command(
    "cluster.zone.drop_source",
    legacy="v-delete-dns-domains-src USER SRC [RESTART]",
    rest="POST /users/{user}/drop-dns-source",
)
def drop_source(tx: Tx, user: AccountName, src: Source, restart: Restart = _NOW) -> None:
    """Delete the zones that came from another server.

    With RESTART no they go when zones are rebuilt, or 15 minutes after the last that this server sent (after six hours
    at the latest), unless they came again. In a shell of this server that also lets another server bring them.
    """
    require_system(tx, "DNS_SYSTEM")
    require_account(tx, user)
    if not is_source_reached(tx, src):
        return
    forget_sent(tx, user, src)
    zones = tx.rows(ZONES.where(dns_domains.c.account == user, dns_domains.c.src == src))
    if restart == "no":
        _condemn(tx, user, src, zones)
    else:
        for zone in zones:
            remove_zone(tx, zone)


def _condemn(tx: Tx, user: str, src: str, zones: Sequence[Zone]) -> None:
    for zone in zones:
        # Without its digest a sender that compares sends it, too.
        keep(tx, user, Domain(zone.zone), condemned=tx.context.now, digest="")
    # A master that drops its zones in a full sync keeps its right to them; what somebody says here gives it up.
    sender = "" if tx.context.caller == ROOT else src
    here = select(dns_domains.c.zone).where(dns_domains.c.account == user, dns_domains.c.src == src)
    marked = (dns_received.c.account == user, dns_received.c.domain.in_(here), dns_received.c.line == "")
    tx.execute(update(dns_received).where(*marked).values(src=sender))
    if zones:
        forget_call(tx, _END, user, src)
        call_later(tx, KEPT_FOR, _END, user, src, at_most=KEPT_AT_MOST)


def goes_on(tx: Tx, user: str, src: str) -> None:
    """A server has sent a zone: what it dropped and may still send is kept for a while from now, but not for ever."""
    put_off_call(tx, KEPT_FOR, _END, user, src)


@command("cluster.zone.delete_dropped", legacy=f"{_END} USER SRC")
def remove_dropped(tx: Tx, user: AccountName, src: Source) -> None:
    """Delete the zones that another server has dropped and did not send again; it is done by itself after a while."""
    require_system(tx, "DNS_SYSTEM")
    require_account(tx, user)
    remove_condemned(tx, user, src)


def remove_condemned(tx: Tx, user: str, src: str = "") -> None:
    """Delete the zones that were dropped and not sent again, as far as the caller reaches them, or of one server."""
    received = dns_received.c
    gone = select(received.domain).where(received.account == user, received.condemned.is_not(None), received.line == "")
    zones = ZONES.where(dns_domains.c.account == user, dns_domains.c.zone.in_(gone))
    found = tx.rows(zones.where(dns_domains.c.src == src) if src else zones)
    # Another master that is at it in the same account has not yet sent all of its own again.
    reached = sources_reached(tx, {zone.src for zone in found})
    for zone in found:
        if zone.src in reached:
            remove_zone(tx, zone)
