"""How many calls of one caller run at the same time: the engine's connections are few, and everybody's.

An administrator's credentials count each for itself, so that a billing system and a monitor do not hold each other up.
What an account's keys do counts together, because an account may make itself as many as it likes.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

from tholos.kernel.errors import Busy
from tholos.kernel.tx import Caller

RETRY = 2
"""Seconds after which a caller who was turned away should try again."""


class Share(NamedTuple):
    """How many calls run, how many more wait for their turn, and for how many seconds."""

    running: int
    waiting: int
    seconds: float


ADMINISTRATORS = Share(16, 32, 10.0)
ACCOUNTS = Share(4, 12, 2.0)


class Shares:
    """Gives each caller its turns; safe to use from any thread."""

    def __init__(self) -> None:
        self._running: Counter[str] = Counter()
        self._waiting: Counter[str] = Counter()
        self._changed = threading.Condition()

    @contextmanager
    def turn(self, caller: Caller) -> Iterator[None]:
        """Run one call of a caller; raise Busy when others of it take too long."""
        share = ADMINISTRATORS if caller.is_root else ACCOUNTS
        who = caller.key if caller.is_root else f"account {caller.account}"
        with self._changed:
            if self._running[who] >= share.running:
                self._wait(who, share)
            self._running[who] += 1
        try:
            yield
        finally:
            with self._changed:
                _less(self._running, who)
                if self._waiting:
                    self._changed.notify_all()

    def _wait(self, who: str, share: Share) -> None:
        if self._waiting[who] >= share.waiting:
            raise _busy(share)
        self._waiting[who] += 1
        try:
            if not self._changed.wait_for(lambda: self._running[who] < share.running, share.seconds):
                raise _busy(share)
        finally:
            _less(self._waiting, who)


def _busy(share: Share) -> Busy:
    return Busy(f"{share.running} of your calls are running already: try again in {RETRY} seconds")


def _less(counter: Counter[str], who: str) -> None:
    """One less; who has none is forgotten."""
    counter[who] -= 1
    if counter[who] <= 0:
        del counter[who]
