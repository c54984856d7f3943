"""What the other servers of a DNS cluster must learn of a zone."""

from __future__ import annotations

from sqlalchemy import bindparam, delete, select, update

from tholos.kernel.tx import Tx
from tholos.resources.cluster.marks import mark
from tholos.resources.cluster.model import dns_received
from tholos.resources.dns.reach import is_source_reached

# Made once for all changes of zones: making a statement takes longer than carrying it out.
_HERE = (dns_received.c.account == bindparam("user"), dns_received.c.domain == bindparam("zone"))
_CHANGED = update(dns_received).where(*_HERE)
_FORGET = delete(dns_received).where(*_HERE)
_SOURCE = select(dns_received.c.src).where(*_HERE)


def changed(tx: Tx, user: str, domain: str) -> None:
    """A zone, by its name in A-labels, was added or changed here: other servers of the cluster follow.

    It is not any more what another server may have sent of it.
    """
    tx.execute(_CHANGED, {"user": user, "zone": domain, "digest": ""})
    mark(tx, user, domain)


def deleted(tx: Tx, user: str, domain: str) -> None:
    """A zone, by its name in A-labels, was deleted here: other servers follow, and nothing of it waits any more.

    What was sent of it and never served would otherwise bring it back with the next rebuild.
    """
    _forget(tx, user, domain)
    mark(tx, user, domain)


def take_back(tx: Tx, user: str, domain: str) -> bool:
    """Forget what another server sent of a zone; tell whether there was anything within the caller's reach."""
    sent = tx.row(_SOURCE, {"user": user, "zone": domain})
    return sent is not None and is_source_reached(tx, sent.src) and _forget(tx, user, domain)


def _forget(tx: Tx, user: str, domain: str) -> bool:
    return tx.execute(_FORGET, {"user": user, "zone": domain}) > 0
