"""What the machine should be called, and its time zone.

Each is wanted once, when a call asks for it, and by the value that it asked for: what an administrator changes by hand
afterwards is not taken back by a reconcile.
"""

from __future__ import annotations

import msgspec

from tholos.kernel.touched import Key
from tholos.kernel.tx import State
from tholos.kernel.want import scope
from tholos.resources.system.model import setting

HOSTNAME, TIMEZONE = "HOSTNAME", "TIMEZONE"
"""The settings that hold what was asked for last; they are not listed."""


class HostnameWant(msgspec.Struct, frozen=True):
    """The machine's name in A-labels."""

    name: str


class TimezoneWant(msgspec.Struct, frozen=True):
    """The machine's time zone."""

    name: str


@scope("hostname", keys=lambda _state: ())
def hostname_want(state: State, key: Key) -> HostnameWant | None:
    """The name, unless it was never given or another was given since."""
    return HostnameWant(key[0]) if setting(state, HOSTNAME) == key[0] else None


@scope("timezone", keys=lambda _state: ())
def timezone_want(state: State, key: Key) -> TimezoneWant | None:
    """The time zone, unless it was never given or another was given since."""
    return TimezoneWant(key[0]) if setting(state, TIMEZONE) == key[0] else None
