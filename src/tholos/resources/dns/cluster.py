"""What the other servers of a DNS cluster must learn of a zone."""

from __future__ import annotations

from sqlalchemy import bindparam, update

from tholos.kernel.tx import Tx
from tholos.resources.cluster.marks import mark
from tholos.resources.cluster.model import dns_received

# Made once for all changes of zones: making a statement takes longer than carrying it out.
_CHANGED = update(dns_received).where(
    dns_received.c.account == bindparam("user"), dns_received.c.domain == bindparam("zone")
)


def changed(tx: Tx, user: str, domain: str) -> None:
    """A zone, by its name in A-labels, was added, changed or deleted here: other servers of the cluster follow.

    It is not any more what another server may have sent of it.
    """
    tx.execute(_CHANGED, {"user": user, "zone": domain, "digest": ""})
    mark(tx, user, domain)
