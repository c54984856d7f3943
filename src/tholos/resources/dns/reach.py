"""What the key of a cluster's master reaches: zones of the servers that it, and no other key, has brought zones of.

A master has customers, who delete zones of any name, also one that the slave has refused because it is another
master's; the calls that delete name no server.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Row, exists, select

from tholos.kernel.tx import Caller, State
from tholos.resources.access.model import access_keys
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

    A master's key reaches those that no other key has brought. Some came without one; they are not its own once it has
    brought zones of another server.
    """
    if not is_masters(state.context.caller):
        return True
    return bool(src) and not is_anothers(state, src) and (_has_brought(state, src) or not _has_brought(state))


def sources_reached(state: State, sources: Iterable[str]) -> set[str]:
    """Those of some servers whose zones are within the caller's reach, see ``is_source_reached``."""
    return {src for src in sources if is_source_reached(state, src)}


def is_anothers(state: State, src: str) -> bool:
    """Tell whether a key, which is not the caller's and was not deleted, has brought zones of a server.

    That is asked for masters' keys alone: those of all rights are bound to no server.
    """
    caller, received = state.context.caller, dns_received.c
    if not is_masters(caller):
        return False
    # A master's keys are all of one account: few are looked at, and of each a single row.
    others = select(access_keys.c.key).where(access_keys.c.account == caller.account, access_keys.c.key != caller.key)
    brought = exists().where(received.sender == access_keys.c.key, received.src == src)
    return state.value(others.where(brought).limit(1)) is not None


def _has_brought(state: State, src: str | None = None) -> bool:
    """Tell whether the caller's key has brought zones of a server, or of any."""
    received = dns_received.c
    own = select(received.src).where(received.sender == state.context.caller.key)
    return state.value(own.where(received.src > "" if src is None else received.src == src).limit(1)) is not None
