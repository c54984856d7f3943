"""How much may wait of what other servers send: it is kept in the state, whether it ever makes a zone or not."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.dialects.sqlite import insert

from tholos.kernel.errors import LimitReached
from tholos.kernel.tx import State, Tx
from tholos.resources.cluster.model import dns_received, dns_received_records, dns_received_sizes
from tholos.resources.types import Domain

_MIB = 1024 * 1024
ZONE_ROOM = 64 * _MIB
"""Characters of records that may wait for one zone."""
ACCOUNT_ROOM = 1024 * _MIB
"""Characters that may wait for all zones of an account."""


def require_room(tx: Tx, user: str, domain: Domain, size: int) -> int:
    """Take account of records that come; give how many characters wait for their zone then.

    Raise LimitReached when that is too much for it, or for the account.
    """
    sent = dns_received_records.c
    before = select(sent.total).where(sent.account == user, sent.domain == domain.ascii)
    total = int(tx.value(before.order_by(sent.id.desc()).limit(1)) or 0) + size
    if total > ZONE_ROOM:
        text = f"at most {ZONE_ROOM // _MIB} MiB of its records, and v-rebuild-dns-domain serves those that do"
        raise LimitReached(f"too much waits for dns domain {domain} :: {text}", argument="domain")
    require_room_of_account(tx, user, size)
    return total


def require_room_of_account(tx: Tx, user: str, size: int) -> None:
    """Take account of what comes for an account; raise LimitReached when more would wait for it than may.

    What comes is added up, and what of it still waits is only counted when that is too much: so a line costs the same
    however much waits.
    """
    sizes = dns_received_sizes.c
    after = int(tx.value(select(sizes.size).where(sizes.account == user)) or 0) + size
    if after > ACCOUNT_ROOM:
        after = _waiting(tx, user) + size
    if after > ACCOUNT_ROOM:
        text = f"at most {ACCOUNT_ROOM // _MIB} MiB, and v-rebuild-dns-domains serves what does"
        raise LimitReached(f"too much waits for the zones of {user} :: {text}", argument="user")
    row = insert(dns_received_sizes).values(account=user, size=after)
    tx.execute(row.on_conflict_do_update(index_elements=["account"], set_={"size": after}))


def _waiting(state: State, user: str) -> int:
    """How many characters wait for an account."""
    sent, received = dns_received_records.c, dns_received.c
    zones = select(func.max(sent.total).label("size")).where(sent.account == user).group_by(sent.domain).subquery()
    records = state.value(select(func.sum(zones.c.size)))
    lines = state.value(select(func.sum(func.length(received.line))).where(received.account == user))
    return int(records or 0) + int(lines or 0)
