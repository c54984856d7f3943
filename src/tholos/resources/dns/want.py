"""What BIND should serve."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import structlog
from sqlalchemy import select

from tholos.kernel.errors import Invalid
from tholos.kernel.tx import State
from tholos.kernel.want import Key, scope
from tholos.resources.dns.model import dns_domains
from tholos.resources.dns.served import zone_data
from tholos.resources.dns.zone import Unsound, master_file
from tholos.resources.user.model import accounts, uid_of

log = structlog.get_logger()


@dataclass(frozen=True)
class ZoneWant:
    """A zone: ``zone`` is its name in A-labels, ``text`` its whole checked master file.

    A zone with ``primaries`` is transferred from these addresses, and has no text of its own.
    """

    account: str
    uid: int
    zone: str
    primaries: tuple[str, ...]
    dnssec: bool
    text: bytes


def _zone_keys(state: State) -> Iterable[Key]:
    return [(row.account, row.zone) for row in state.rows(select(dns_domains.c.account, dns_domains.c.zone))]


@scope("zone", keys=_zone_keys)
def zone_want(state: State, key: Key) -> ZoneWant | None:
    """The zone of an account by its name in A-labels; None when it is paused or cannot be served as it is.

    A zone that a cluster's master has sent only in part is not served before it is whole.
    """
    account, name = key
    found = select(dns_domains, accounts.c.id.label("account_id")).join(accounts)
    zone = state.row(found.where(dns_domains.c.account == account, dns_domains.c.zone == name))
    if zone is None or zone.suspended:
        return None
    uid = uid_of(zone.account_id)
    if zone.slave:
        primaries = tuple(zone.master.replace(",", " ").split())
        return ZoneWant(account, uid, name, primaries, zone.dnssec, b"") if primaries else None
    try:
        return ZoneWant(account, uid, name, (), zone.dnssec, master_file(zone_data(state, zone)))
    except (Unsound, Invalid) as problem:
        log.warning("a zone is not served as it is", zone=name, problem=str(problem))
        return None
