"""What the key of a cluster's master reaches: zones of the servers that it has brought zones of.

A master has customers, who delete zones of any name, also one that the slave has refused because it is another
master's; the calls that delete name no server.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, select

from tholos.kernel.tx import Caller, State
from tholos.resources.cluster.model import dns_received

_MASTERS = {"sync-dns-cluster"}
"""The profile of keys with which a master brings its zones (``api-profiles.json``)."""


def is_masters(caller: Caller) -> bool:
    """Tell whether a caller's key has the rights of a cluster's master and no others."""
    return caller.profiles is not None and set(caller.profiles) <= _MASTERS


def is_reached(state: State, zone: Row[Any] | None) -> bool:
    """Tell whether there is a zone for the caller: for a master there are only those that it may have brought."""
    return zone is not None and is_source_reached(state, zone.src)


def is_source_reached(state: State, src: str) -> bool:
    """Tell whether zones of a server (empty: those that were added here) are within the caller's reach.

    A master's key that has brought none yet may be a new one for a server that is known, so it reaches them all.
    """
    caller = state.context.caller
    if not is_masters(caller):
        return True
    received = dns_received.c
    brought = select(received.src).where(received.sender == caller.key, received.src != "").limit(1)
    known = state.value(brought.where(received.src == src)) is not None
    return bool(src) and (known or state.value(brought) is None)
