"""What a machine should have for an address."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec
from sqlalchemy import select

from tholos.kernel.tx import State
from tholos.kernel.want import Key, scope
from tholos.resources.ip.model import addresses


class AddressWant(msgspec.Struct, frozen=True):
    """An address that sites are served on."""

    ip: str


def _keys(state: State) -> Iterable[Key]:
    return [(row.ip,) for row in state.rows(select(addresses.c.ip))]


@scope("address", keys=_keys)
def address_want(state: State, key: Key) -> AddressWant | None:
    """The address, while it is registered."""
    found = state.value(select(addresses.c.ip).where(addresses.c.ip == key[0]))
    return None if found is None else AddressWant(found)
