"""Whom an address stands for when callers are counted: whoever has one of IPv6 has at least 2^64 of them (RFC 6177)."""

from __future__ import annotations

from functools import lru_cache
from ipaddress import IPv6Address

_HALF = 8
"""Bytes of an address that are its network's; the rest is the holder's own to choose (RFC 4291, 2.5.1)."""


@lru_cache(maxsize=4096)
def origin(address: str) -> str:
    """An IPv4 address as it is, also one that is mapped into IPv6; of IPv6 the network of 64 bits."""
    if ":" not in address:
        return address
    try:
        found = IPv6Address(address)
    except ValueError:
        return address
    if found.ipv4_mapped is not None:
        return str(found.ipv4_mapped)
    return f"{IPv6Address(found.packed[:_HALF] + bytes(_HALF))}/64"
