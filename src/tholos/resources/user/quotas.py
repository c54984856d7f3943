"""Switching disk quotas on: every account that there is gets its own, and not only with its next change."""

from __future__ import annotations

from tholos.kernel.tx import Tx
from tholos.resources.user.each import Each, all_names, each


def _want_quota(tx: Tx, name: str) -> None:
    tx.want("quota", name)


QUOTAS = each(Each("quotas", "the disk quotas of accounts", all_names, _want_quota, "Disk quota not set"))
"""Setting the disk quota of every account, where it differs."""
