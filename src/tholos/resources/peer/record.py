"""A peer as commands see it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from tholos.kernel.errors import NotExist
from tholos.kernel.tx import State
from tholos.resources.peer.model import dns_peers


@dataclass(frozen=True)
class Peer:
    """A peer for lists; ``transfer_key`` is there in the answer to its creation alone."""

    address: str
    name: str
    created: datetime
    transfer_key: str = ""


def all_peers(state: State, role: str) -> Sequence[Peer]:
    """The peers of a role, by address."""
    ours = select(dns_peers).where(dns_peers.c.role == role).order_by(dns_peers.c.address)
    return [Peer(row.address, row.name, row.created) for row in state.rows(ours)]


def exists(state: State, role: str, address: str) -> bool:
    """Tell whether there is a peer of this role and address."""
    ours = select(dns_peers.c.name).where(dns_peers.c.role == role, dns_peers.c.address == address)
    return state.value(ours) is not None


def require(state: State, role: str, address: str) -> None:
    """Raise NotExist when there is no such peer."""
    if not exists(state, role, address):
        raise NotExist(f"DNS {role} {address} doesn't exist", argument="address")
