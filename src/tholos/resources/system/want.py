"""What a service should do: an action that a call asked for, not a state that lasts."""

from __future__ import annotations

import msgspec

from tholos.kernel.touched import Key
from tholos.kernel.tx import State
from tholos.kernel.want import scope


class ServiceWant(msgspec.Struct, frozen=True):
    """A service, or the word ``system``, what it should do, and after how many minutes."""

    service: str
    action: str
    minutes: int = 0


@scope("service", keys=lambda _state: ())
def service_want(_state: State, key: Key) -> ServiceWant:
    """The action that the key names; nothing about it is kept, so nothing is reconciled."""
    service, action, *minutes = key
    return ServiceWant(service, action, int(minutes[0]) if minutes else 0)
