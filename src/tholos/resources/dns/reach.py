"""What the key of a cluster's master reaches: zones that came from one, because it may lie on other servers."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row

from tholos.kernel.tx import Caller, State

_MASTERS = {"sync-dns-cluster"}
"""The profile of keys with which a master brings its zones (``api-profiles.json``)."""


def is_masters(caller: Caller) -> bool:
    """Tell whether a caller's key has the rights of a cluster's master and no others."""
    return caller.profiles is not None and set(caller.profiles) <= _MASTERS


def is_reached(state: State, zone: Row[Any] | None) -> bool:
    """Tell whether there is a zone for the caller: a master knows nothing of those that were added here."""
    return zone is not None and bool(zone.src or not is_masters(state.context.caller))
