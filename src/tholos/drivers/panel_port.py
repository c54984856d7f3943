"""The port of the edge: a drop-in of its unit (systemd.unit(5))."""

from __future__ import annotations

from collections.abc import Iterator

from tholos.apply.driver import Driver
from tholos.apply.host import Host
from tholos.apply.steps import ReadUnits, Restart, Step, Write
from tholos.apply.units import UNITS
from tholos.kernel.touched import Key
from tholos.resources.system.panel_port import PanelPortWant

_FILE = f"/etc/systemd/system/{UNITS['hestia']}.d/port.conf"


def plan(key: Key, want: PanelPortWant | None, host: Host) -> Iterator[Step]:
    """The drop-in; the edge is started anew when it has given its answer."""
    if want is None:
        return
    yield Write(_FILE, f"# Written by Tholos.\n[Service]\nEnvironment=THOLOS_PORT={want.port:d}\n".encode())
    yield ReadUnits()
    yield Restart(UNITS["hestia"], "try-restart", wait=False)


DRIVER = Driver("panel_port", "panel port", 85, plan)
