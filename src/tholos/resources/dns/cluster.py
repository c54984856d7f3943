"""What the other servers of a DNS cluster must learn of a zone."""

from __future__ import annotations

from sqlalchemy import update

from tholos.kernel.tx import Tx
from tholos.resources.cluster.marks import mark
from tholos.resources.cluster.model import dns_received


def changed(tx: Tx, user: str, domain: str) -> None:
    """A zone, by its name in A-labels, was added, changed or deleted here: other servers of the cluster follow.

    It is not any more what another server may have sent of it.
    """
    here = (dns_received.c.account == user, dns_received.c.domain == domain)
    tx.execute(update(dns_received).where(*here).values(digest=""))
    mark(tx, user, domain)
