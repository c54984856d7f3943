"""What the other servers of a DNS cluster must learn of a zone."""

from __future__ import annotations

from tholos.kernel.tx import Tx


def changed(tx: Tx, user: str, domain: str) -> None:
    """A zone was added, changed or deleted: queue what the cluster's other servers need to follow.

    Nothing is queued yet: there is no cluster.
    """
