"""The time zone of the machine (localtime(5))."""

from __future__ import annotations

from collections.abc import Iterator

from tholos.apply.driver import Driver
from tholos.apply.host import Host
from tholos.apply.steps import Link, Step, Write
from tholos.drivers.encoders import nginx as plain_word
from tholos.kernel.touched import Key
from tholos.resources.system.node_want import TimezoneWant


def plan(key: Key, want: TimezoneWant | None, host: Host) -> Iterator[Step]:
    """The link that the C library follows, and the name that Debian keeps beside it."""
    if want is None:
        return
    zone = plain_word(want.name)
    yield Link("/etc/localtime", f"/usr/share/zoneinfo/{zone}")
    yield Write("/etc/timezone", f"{zone}\n".encode())


DRIVER = Driver("timezone", "timezone", 20, plan)
