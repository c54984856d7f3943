"""What a machine should have for an address."""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import IPv4Network

import msgspec
from sqlalchemy import select

from tholos.kernel.touched import Key
from tholos.kernel.tx import State
from tholos.kernel.want import scope
from tholos.resources.ip.model import addresses


class AddressWant(msgspec.Struct, frozen=True):
    """An address that sites are served on; ``added`` when it must be put on its interface first."""

    ip: str
    prefix: int
    interface: str
    added: bool


def _keys(state: State) -> Iterable[Key]:
    return [(row.ip,) for row in state.rows(select(addresses.c.ip))]


@scope("address", keys=_keys)
def address_want(state: State, key: Key) -> AddressWant | None:
    """The address, while it is registered."""
    found = state.row(select(addresses).where(addresses.c.ip == key[0]))
    if found is None:
        return None
    prefix = IPv4Network(f"0.0.0.0/{found.netmask}").prefixlen
    return AddressWant(found.ip, prefix, found.interface, found.added)
