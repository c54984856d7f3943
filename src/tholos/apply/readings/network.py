"""Readings of the network: interfaces and their IPv4 addresses (ip-address(8))."""

from __future__ import annotations

from contextlib import suppress
from ipaddress import IPv4Interface
from pathlib import Path
from typing import NamedTuple

import msgspec

from tholos.apply.host import Host
from tholos.apply.machine import reading


class Interface(NamedTuple):
    """A network interface and its IPv4 addresses with their networks, the primary one first."""

    name: str
    addresses: tuple[IPv4Interface, ...]


class _Address(msgspec.Struct):
    local: str
    prefixlen: int
    scope: str = "global"


class _Link(msgspec.Struct):
    ifname: str = ""
    flags: list[str] = []
    addr_info: list[_Address] = []


REHEARSED = Interface("eth0", (IPv4Interface("198.18.0.1/24"),))
"""The one interface of a recording host; the address is from the range for tests (RFC 2544)."""


_LISTENS = "0A"
"""The state of a listening socket in /proc/net/tcp (proc(5))."""


@reading("ports in use")
def ports_in_use(host: Host) -> frozenset[int]:
    """The TCP ports on which something listens; on a recording host those of what is always there."""
    if host.rehearse:
        return frozenset((22, 53, 80, 443, 3306, 5432))
    return frozenset(port for name in ("tcp", "tcp6") for port in listening(_sockets(name)))


def _sockets(name: str) -> str:
    with suppress(OSError):
        return Path(f"/proc/net/{name}").read_text()
    return ""


def listening(text: str) -> list[int]:
    """The ports that a table of sockets has in the state of listening."""
    rows = (line.split() for line in text.splitlines()[1:])
    return [int(row[1].rpartition(":")[2], 16) for row in rows if row[3] == _LISTENS]


@reading("interfaces")
def interfaces(host: Host) -> tuple[Interface, ...]:
    """Every interface but the loopback, with the addresses that others can reach."""
    if host.rehearse:
        return (REHEARSED,)
    return parse(host.run(("ip", "-j", "-4", "address")), host.run(("ip", "-j", "link")))


def parse(addresses: str, links: str) -> tuple[Interface, ...]:
    """Interfaces from what ``ip -j -4 address`` and ``ip -j link`` print."""
    found = {link.ifname: link for link in _links(addresses)}
    return tuple(
        Interface(link.ifname, _reachable(found.get(link.ifname, link)))
        for link in _links(links)
        if "LOOPBACK" not in link.flags
    )


def _links(text: str) -> list[_Link]:
    return [link for link in msgspec.json.decode(text or "[]", type=list[_Link]) if link.ifname]


def _reachable(link: _Link) -> tuple[IPv4Interface, ...]:
    return tuple(
        IPv4Interface(f"{address.local}/{address.prefixlen}") for address in link.addr_info if address.scope == "global"
    )


def place_of(host: Host, ip: str) -> tuple[str, str] | None:
    """The interface that has an address now, and the address with its prefix length; None when none has it."""
    for interface in interfaces(host):
        for address in interface.addresses:
            if str(address.ip) == ip:
                return interface.name, str(address)
    return None
