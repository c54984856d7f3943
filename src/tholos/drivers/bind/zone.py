"""Zones in BIND: the master file, the link to it in the account's home, the keys, and the server's own entry."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import ip_address

from tholos.apply.driver import Driver
from tholos.apply.host import Host
from tholos.apply.readings.named import server_ids
from tholos.apply.steps import Directory, Discard, Link, Load, Remove, Step, Write, Zone
from tholos.drivers.bind.places import (
    COPIES,
    KEYS,
    SIGNED,
    ZONES,
    copied_file,
    key_directory,
    zone_file,
    zone_link,
)
from tholos.drivers.bind.seed import MARK, is_raw, seed
from tholos.drivers.encoders import named, zone_name
from tholos.kernel.touched import Key
from tholos.resources.dns.want import Elsewhere, Paused, ZoneWant


def plan(key: Key, want: ZoneWant | Paused | Elsewhere | None, host: Host) -> Iterator[Step]:
    """The zone's file before the server's entry, and the entry gone before the file."""
    account, zone = key
    if isinstance(want, Elsewhere):
        yield Remove(zone_link(account, zone))
    elif isinstance(want, Paused):
        yield Zone(zone_name(zone), "")
    elif want is None:
        yield Zone(zone_name(zone), "")
        yield from _absent(account, zone)
    else:
        yield from _present(want, host)


def _absent(account: str, zone: str) -> Iterator[Step]:
    yield Remove(zone_link(account, zone))
    yield from _unsigned(zone)
    yield Remove(zone_file(zone))
    yield from _uncopied(zone)


def _uncopied(zone: str) -> Iterator[Step]:
    """Nothing of what the server wrote for a zone that was transferred."""
    yield Remove(copied_file(zone))
    yield Remove(f"{copied_file(zone)}.jnl")


def _unsigned(zone: str) -> Iterator[Step]:
    """Nothing of what the server wrote for the zone, and no keys of it."""
    for ending in SIGNED:
        yield Remove(f"{zone_file(zone)}.{ending}")
    yield Discard(key_directory(zone))


def _present(want: ZoneWant, host: Host) -> Iterator[Step]:
    yield from _copied(want, host) if want.primaries else _own(want, host)


def _copied(want: ZoneWant, host: Host) -> Iterator[Step]:
    file, before = copied_file(want.zone), host.read(zone_file(want.zone))
    user, group = server_ids(host)
    yield Directory(COPIES, 0o1770, 0, group)
    if before is not None:
        # The file is the server's, which puts what it transfers in its place.
        yield Write(file, seed(before), 0o640, user, group, keep=True)
    yield Link(zone_link(want.account, want.zone), file)
    yield Zone(zone_name(want.zone), _configuration(want, file, raw=is_raw(host.read(file, MARK) or b"")))
    yield from _unsigned(want.zone)
    yield Remove(zone_file(want.zone))


def _own(want: ZoneWant, host: Host) -> Iterator[Step]:
    file = zone_file(want.zone)
    user, group = server_ids(host)
    # The server makes files of its own here, and may not take the place of ours: hence the sticky bit.
    yield Directory(ZONES, 0o1770, 0, group)
    if want.dnssec:
        yield Directory(KEYS, 0o711)
        yield Directory(key_directory(want.zone), 0o750, user, group)
    yield Write(file, want.text, 0o640, 0, group)
    yield Link(zone_link(want.account, want.zone), file)
    yield Zone(zone_name(want.zone), _configuration(want, file))
    if not want.dnssec:
        yield from _unsigned(want.zone)
    yield from _uncopied(want.zone)
    yield Load(zone_name(want.zone), file)


def _configuration(want: ZoneWant, file: str, *, raw: bool = False) -> str:
    """What stands between the braces of the zone's statement in named.conf; a file that is raw stays so."""
    if want.primaries:
        addresses = " ".join(f"{_address(address)};" for address in want.primaries)
        form = "" if raw else "masterfile-format text; "
        return f" type secondary; file {named(file)}; {form}primaries {{ {addresses} }}; "
    signing = ""
    if want.dnssec:
        signing = f"inline-signing yes; dnssec-policy default; key-directory {named(key_directory(want.zone))}; "
    return f" type primary; file {named(file)}; {signing}"


def _address(value: str) -> str:
    """An address, which named.conf knows by its form; ValueError for anything else."""
    return str(ip_address(value))


DRIVER = Driver("bind", "zone", 40, plan)
