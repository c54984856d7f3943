"""What BIND should serve."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import bindparam, func, select

from tholos.kernel.errors import Invalid
from tholos.kernel.log import log
from tholos.kernel.touched import Key
from tholos.kernel.tx import State
from tholos.kernel.want import scope
from tholos.resources.dns.model import dns_domains, dns_past
from tholos.resources.dns.served import zone_data
from tholos.resources.dns.zone import Unsound, master_file
from tholos.resources.user.model import accounts, uid_of


@dataclass(frozen=True)
class ZoneWant:
    """A zone: ``zone`` is its name in A-labels, ``text`` its whole checked master file.

    A zone with ``primaries`` is transferred from these addresses, and has no text of its own. ``life`` is 0 or 1, and
    not what it was for the zone that had the name before.
    """

    account: str
    uid: int
    zone: str
    primaries: tuple[str, ...]
    dnssec: bool
    text: bytes
    life: int = 0


@dataclass(frozen=True)
class Paused:
    """A zone that exists and is not served: what belongs to it stays, its keys above all."""


@dataclass(frozen=True)
class Elsewhere:
    """A zone of this name is another account's now."""


def _zone_keys(state: State) -> Iterable[Key]:
    return [(row.account, row.zone) for row in state.rows(select(dns_domains.c.account, dns_domains.c.zone))]


LIFE = (func.coalesce(dns_past.c.deletions, 0) % 2).label("life")
# Every change of a zone asks for it, and making a statement takes longer than carrying it out.
_FIND = (
    select(dns_domains, accounts.c.id.label("account_id"), LIFE)
    .join(accounts)
    .outerjoin(dns_past, dns_past.c.zone == dns_domains.c.zone)
    .where(dns_domains.c.account == bindparam("account"), dns_domains.c.zone == bindparam("zone"))
)


@scope("zone", keys=_zone_keys)
def zone_want(state: State, key: Key) -> ZoneWant | Paused | Elsewhere | None:
    """The zone of an account by its name in A-labels; it is Paused, too, while it cannot be served as it is.

    A zone that a cluster's master has sent only in part is not served before it is whole.
    """
    account, name = key
    zone = state.row(_FIND, {"account": account, "zone": name})
    if zone is None:
        other = select(dns_domains.c.id).where(dns_domains.c.zone == name)
        return Elsewhere() if state.value(other) is not None else None
    if zone.suspended:
        return Paused()
    uid = uid_of(zone.account_id)
    if zone.slave:
        primaries = tuple(zone.master.replace(",", " ").split())
        return ZoneWant(account, uid, name, primaries, zone.dnssec, b"") if primaries else Paused()
    try:
        return ZoneWant(account, uid, name, (), zone.dnssec, master_file(zone_data(state, zone)), zone.life)
    except (Unsound, Invalid) as problem:
        log.warning("a zone is not served as it is", zone=name, problem=str(problem))
        return Paused()


NAME = "zone name"
"""The scope of names: who gives one up drops it, who takes it wants it, and so the two never share a commit.

Otherwise the new zone would be signed with the keys of the old one, whichever accounts they are of.
"""


@scope(NAME, keys=lambda _state: ())
def name_want(_state: State, _key: Key) -> None:
    """Nothing: the zone that has the name is wanted by itself."""
