"""Limits on failed logins, by address (of IPv6, by network) and by key, in memory alone.

Whoever fails too often within the window is refused before a secret is looked at. A key that strangers guess at stays
usable from addresses that it has been used from, so that nobody can lock its owner out.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable
from math import ceil

from tholos.edges.origin import origin
from tholos.kernel.errors import BadCredentials

WINDOW = 300.0
"""Seconds for which a failure counts."""
MOST_BY_ADDRESS = 20
MOST_BY_KEY = 10
REMEMBERED = 10_000
"""Addresses that are remembered at most, and keys; the oldest are forgotten first."""


class TooMany(BadCredentials):
    """Too many logins have failed; ``wait`` is after how many seconds the next will be looked at."""

    def __init__(self, who: str, wait: int) -> None:
        super().__init__(f"too many failed logins {who}: try again in {wait} seconds")
        self.wait = wait


class FailedLogins:
    """Counts failures and refuses when there are too many; ``clock`` gives seconds."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        # Each has a memory of its own: keys that are guessed at are few, and addresses can be very many.
        self._addresses = _Failures(MOST_BY_ADDRESS, clock)
        self._names = _Failures(MOST_BY_KEY, clock)
        self._good: OrderedDict[tuple[str, str], None] = OrderedDict()
        self._lock = threading.Lock()

    def check(self, address: str, name: str) -> None:
        """Raise BadCredentials when this address, or this key or account, has failed too often."""
        if not self._addresses.times and not self._names.times:
            return
        source = origin(address)
        with self._lock:
            wait = self._addresses.wait(source)
            if wait is not None:
                raise TooMany(f"from {source}", ceil(wait))
            wait = None if (name, source) in self._good else self._names.wait(name)
            if wait is not None:
                raise TooMany(f"for {name}, last from {address}", ceil(wait))

    def failed(self, address: str, name: str) -> None:
        """Count a failure; ``name`` is empty when no such key exists."""
        with self._lock:
            self._addresses.add(origin(address))
            if name:
                self._names.add(name)

    def succeeded(self, address: str, name: str) -> None:
        """Forget the failures of an address and a key, and remember that they belong together."""
        source = origin(address)
        if not self._addresses.times and not self._names.times and (name, source) in self._good:
            return
        with self._lock:
            self._addresses.times.pop(source, None)
            self._names.times.pop(name, None)
            self._good[name, source] = None
            while len(self._good) > REMEMBERED:
                self._good.popitem(last=False)


class _Failures:
    """When whoever it was has failed, up to ``most`` times each."""

    def __init__(self, most: int, clock: Callable[[], float]) -> None:
        self._most = most
        self._clock = clock
        self.times: OrderedDict[str, deque[float]] = OrderedDict()

    def add(self, who: str) -> None:
        """Count a failure of now."""
        times = self.times.setdefault(who, deque(maxlen=self._most))
        times.append(self._clock())
        self.times.move_to_end(who)
        while len(self.times) > REMEMBERED:
            self.times.popitem(last=False)

    def wait(self, who: str) -> float | None:
        """The seconds until the next may be tried; None when it may be at once."""
        times = self.times.get(who)
        if times is None or len(times) < self._most:
            return None
        wait = times[0] + WINDOW - self._clock()
        return wait if wait > 0 else None
