"""Addresses on interfaces: one that the machine does not have by itself is put there now and after every boot.

A unit of its own does it at boot, because a web server that listens on a missing address does not start. systemd need
not be told of it now: ``ip`` does what the unit will do at the next boot.
"""

from __future__ import annotations

from collections.abc import Iterator

from tholos.apply.driver import Driver
from tholos.apply.host import Host
from tholos.apply.readings.network import place_of
from tholos.apply.steps import Link, Remove, Run, Step, Write
from tholos.drivers.encoders import nginx as plain_word
from tholos.kernel.touched import Key
from tholos.resources.ip.want import AddressWant

_UNITS = "/etc/systemd/system"
_UNIT = """\
# Written by Tholos from its state; changes here are lost.
[Unit]
Description=The address {address}
After=network-pre.target systemd-networkd.service networking.service
Before=nginx.service network-online.target

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/usr/sbin/ip address replace {address} dev {interface}

[Install]
WantedBy=multi-user.target
"""


def plan(key: Key, want: AddressWant | None, host: Host) -> Iterator[Step]:
    """The unit of an added address, and the address itself while the interface lacks it."""
    (ip,) = key
    name = f"tholos-address-{plain_word(ip)}.service"
    path, enabled = f"{_UNITS}/{name}", f"{_UNITS}/multi-user.target.wants/{name}"
    if want is None or not want.added:
        if host.exists(path):
            yield from _take_off(ip, host)
            yield Remove(enabled)
            yield Remove(path)
        return
    address = f"{plain_word(want.ip)}/{want.prefix}"
    yield Write(path, _UNIT.format(address=address, interface=plain_word(want.interface)).encode())
    yield Link(enabled, path)
    if place_of(host, ip) is None:
        yield Run(_ip("add", address, want.interface), undo=_ip("del", address, want.interface))


def _take_off(ip: str, host: Host) -> Iterator[Step]:
    place = place_of(host, ip)
    if place is not None:
        interface, address = place
        yield Run(_ip("del", address, interface), undo=_ip("add", address, interface))


def _ip(action: str, address: str, interface: str) -> tuple[str, ...]:
    return ("ip", "address", action, address, "dev", interface)


DRIVER = Driver("ip_addresses", "address", 20, plan)
