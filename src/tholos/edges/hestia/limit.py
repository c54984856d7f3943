"""Limits on failed logins, by address and by key, in memory alone.

Whoever fails too often within the window is refused before a secret is looked at. A key that strangers guess at stays
usable from addresses that it has been used from, so that nobody can lock its owner out.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable
from math import ceil

from tholos.kernel.errors import BadCredentials

WINDOW = 300.0
"""Seconds for which a failure counts."""
MOST_BY_ADDRESS = 20
MOST_BY_KEY = 10
REMEMBERED = 10_000
"""Addresses and keys that are remembered at most; the oldest are forgotten first."""


class TooMany(BadCredentials):
    """Too many logins have failed; ``wait`` is after how many seconds the next will be looked at."""

    def __init__(self, who: str, wait: int) -> None:
        super().__init__(f"too many failed logins {who}: try again in {wait} seconds")
        self.wait = wait


class FailedLogins:
    """Counts failures and refuses when there are too many; ``clock`` gives seconds."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._failures: OrderedDict[str, deque[float]] = OrderedDict()
        self._good: OrderedDict[tuple[str, str], None] = OrderedDict()
        self._lock = threading.Lock()

    def check(self, address: str, name: str) -> None:
        """Raise BadCredentials when this address, or this key or account, has failed too often."""
        if not self._failures:
            return
        with self._lock:
            wait = self._wait(f"from {address}", MOST_BY_ADDRESS)
            if wait is not None:
                raise TooMany(f"from {address}", ceil(wait))
            wait = None if (name, address) in self._good else self._wait(f"for {name}", MOST_BY_KEY)
            if wait is not None:
                raise TooMany(f"for {name}, last from {address}", ceil(wait))

    def failed(self, address: str, name: str) -> None:
        """Count a failure; ``name`` is empty when no such key exists."""
        with self._lock:
            self._count(f"from {address}", MOST_BY_ADDRESS)
            if name:
                self._count(f"for {name}", MOST_BY_KEY)

    def succeeded(self, address: str, name: str) -> None:
        """Forget the failures of an address and a key, and remember that they belong together."""
        if not self._failures and (name, address) in self._good:
            return
        with self._lock:
            self._failures.pop(f"from {address}", None)
            self._failures.pop(f"for {name}", None)
            self._good[name, address] = None
            while len(self._good) > REMEMBERED:
                self._good.popitem(last=False)

    def _count(self, who: str, most: int) -> None:
        times = self._failures.setdefault(who, deque(maxlen=most))
        times.append(self._clock())
        self._failures.move_to_end(who)
        while len(self._failures) > REMEMBERED:
            self._failures.popitem(last=False)

    def _wait(self, who: str, most: int) -> float | None:
        times = self._failures.get(who)
        if times is None or len(times) < most:
            return None
        wait = times[0] + WINDOW - self._clock()
        return wait if wait > 0 else None
