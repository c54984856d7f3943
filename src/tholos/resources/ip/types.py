"""Argument types of addresses."""

from __future__ import annotations

import ipaddress
import re

from tholos.kernel.errors import Invalid
from tholos.kernel.types import Choice, Text, printable
from tholos.resources.types import Address, HostName


class Netmask(Text):
    """A netmask as four numbers (is_netmask_format_valid); unlike the reference's rule, its ones must come first."""

    __slots__ = ()
    max_length = 15
    expected = "a netmask such as 255.255.255.0"
    example = "255.255.255.0"

    @classmethod
    def accepts(cls, raw: str) -> bool:
        try:
            network = ipaddress.IPv4Network(f"0.0.0.0/{raw}")
        except ValueError:
            return False
        return str(network.netmask) == raw and network.prefixlen > 0


class InterfaceName(Text):
    """The name of a network interface, at most 15 bytes (IFNAMSIZ); whether it exists is checked apart."""

    __slots__ = ()
    pattern = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*")
    max_length = 15
    expected = "the name of an interface, such as eth0"
    example = "eth0"


class AddressStatus(Choice):
    """Whether every account may use an address, or its owner alone (is_ip_status_format_valid)."""

    __slots__ = ()
    words = ("shared", "dedicated")
    expected = "shared or dedicated"
    example = "shared"

    @classmethod
    def refusal(cls, raw: str, argument: str) -> Invalid:
        return Invalid(f"invalid status format :: {printable(raw)}", argument=argument)


class AddressName(HostName):
    """The host name that is bound to an address, or nothing."""

    __slots__ = ()
    expected = "a host name such as ip2.example.org, or nothing"
    null = ""

    @classmethod
    def accepts(cls, raw: str) -> bool:
        return raw == "" or super().accepts(raw)


class PublicAddress(Address):
    """The public address of a node behind NAT, or nothing."""

    __slots__ = ()
    expected = "an IPv4 address, or nothing"
    null = ""

    @classmethod
    def accepts(cls, raw: str) -> bool:
        return raw == "" or super().accepts(raw)
