"""Zones that another server drops, perhaps only to send them anew (``dns-cluster.md``: v-delete-dns-domains-src).

The reference's full sync first deletes every zone that it sent, and serves none of them until all are there again. With
the word ``no`` for RESTART, as it says it, such a zone is only marked here: it goes when the account's zones are
rebuilt and it was not sent again.
"""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select, update

from tholos.kernel.command import command
from tholos.kernel.tx import Tx
from tholos.resources.cluster.insert import is_waiting, keep
from tholos.resources.cluster.model import dns_received
from tholos.resources.cluster.types import Restart, Source
from tholos.resources.dns.delete import remove_zone
from tholos.resources.dns.model import dns_domains
from tholos.resources.dns.record import ZONES
from tholos.resources.system.model import require_system
from tholos.resources.types import AccountName, Domain
from tholos.resources.user.record import require as require_account

KEPT_FOR = timedelta(minutes=15)
"""How long a zone that was dropped waits at most, where its sender rebuilds zones one by one."""
_NOW = Restart("")


@command(
    "cluster.zone.drop_source",
    legacy="v-delete-dns-domains-src USER SRC [RESTART]",
    rest="POST /users/{user}/drop-dns-source",
)
def drop_source(tx: Tx, user: AccountName, src: Source, restart: Restart = _NOW) -> None:
    """Delete the zones that came from another server; with RESTART no, when they are rebuilt and did not come again."""
    require_system(tx, "DNS_SYSTEM")
    require_account(tx, user)
    for zone in tx.rows(ZONES.where(dns_domains.c.account == user, dns_domains.c.src == src)):
        if restart == "no":
            keep(tx, user, Domain(zone.zone), src=src, condemned=tx.context.now)
        else:
            remove_zone(tx, zone)
    forgotten = (dns_received.c.account == user, dns_received.c.src == src, is_waiting())
    tx.execute(update(dns_received).where(*forgotten).values(line="", records=None, added=""))


def remove_condemned(tx: Tx, user: str, *, overdue: bool = False) -> None:
    """Delete the zones that were dropped and not sent again: all, or those that have waited for long."""
    gone = select(dns_received.c.domain).where(dns_received.c.account == user, dns_received.c.condemned.is_not(None))
    if overdue:
        gone = gone.where(dns_received.c.condemned < tx.context.now - KEPT_FOR)
    for zone in tx.rows(ZONES.where(dns_domains.c.account == user, dns_domains.c.zone.in_(gone))):
        remove_zone(tx, zone)
