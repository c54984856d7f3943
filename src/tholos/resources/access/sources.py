"""Lists of addresses that calls may come from.

Entries are separated by commas or lines. An entry is an address, a network in CIDR notation (RFC 4632, RFC 4291), or
``allow-all``. An IPv4 address that comes as IPv4-mapped IPv6 (RFC 4291 section 2.5.5.2) counts as IPv4.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Sequence
from functools import lru_cache

from tholos.resources.access.types import ALLOW_ALL

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
IpAddress = ipaddress.IPv4Address | ipaddress.IPv6Address
ANYBODY = "0.0.0.0"  # noqa: S104 - a word of the allow-list, not an address to listen on


def split(text: str) -> list[str]:
    """The entries of a list, without empty ones."""
    return [entry for entry in re.split(r"[,\s]+", text) if entry]


@lru_cache(maxsize=4096)
def address_of(text: str) -> IpAddress | None:
    """The address that a text means, or None."""
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return None
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None:
        return address.ipv4_mapped
    return address


@lru_cache(maxsize=256)
def networks(text: str) -> Sequence[Network]:
    """The networks of a list; what is none is left out, so that it lets nobody in."""
    found: list[Network] = []
    for entry in split(text):
        try:
            found.append(ipaddress.ip_network(entry, strict=False))
        except ValueError:
            continue
    return tuple(found)


def is_listed(address: str, text: str) -> bool:
    """Tell whether an address is in a list of addresses and networks."""
    wanted = address_of(address)
    return wanted is not None and any(wanted in network for network in networks(text))


def may_call(address: str, text: str, *, anybody_rule: bool) -> bool:
    """Tell whether the API's allow-list lets an address in.

    ``anybody_rule`` is whether an entry ``0.0.0.0`` opens the list to all: it does for access keys alone.
    """
    entries = split(text)
    if ALLOW_ALL in entries or (anybody_rule and ANYBODY in entries):
        return address_of(address) is not None
    return is_listed(address, text)
