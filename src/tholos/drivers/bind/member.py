"""Zones in the catalog of this node, where there is one: in it while they are served from their own file."""

from __future__ import annotations

from collections.abc import Iterator

from tholos.apply.driver import Driver
from tholos.apply.host import Host
from tholos.apply.steps import Member, Step
from tholos.drivers.bind.places import CATALOG_NOTE
from tholos.drivers.encoders import zone_name
from tholos.kernel.touched import Key
from tholos.resources.dns.want import Elsewhere, Paused, ZoneWant


def plan(key: Key, want: ZoneWant | Paused | Elsewhere | None, host: Host) -> Iterator[Step]:
    """One entry, added or taken away; a zone that was made anew has another one (RFC 9432, 5.4)."""
    catalog = (host.read(CATALOG_NOTE) or b"").decode().strip()
    if catalog and not isinstance(want, Elsewhere):
        life = want.life if isinstance(want, ZoneWant) and not want.primaries else None
        yield Member(zone_name(catalog), zone_name(key[1]), life is not None, life or 0)


DRIVER = Driver("bind_member", "zone", 41, plan)
