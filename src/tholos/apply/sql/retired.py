"""What was closed by a committed batch and is dropped some time later, and how it makes room for a namesake.

A thing is named by its server and its own name. While one thread drops it nobody makes a new one of that name; and what
somebody makes anew is no longer dropped, whatever the table of purges still says.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

Thing = tuple[str, str]
"""A server and what is there, such as ``("mysql/localhost", "database alice_shop")``."""


class Retired:
    """The things that wait for being dropped; safe to use from any thread."""

    def __init__(self) -> None:
        self._waiting: set[Thing] = set()
        self._dropping: set[Thing] = set()
        self._held: set[Thing] = set()
        self._changed = threading.Condition()

    def add(self, things: Iterable[Thing]) -> None:
        """They are retired by a batch that is about to be committed."""
        with self._changed:
            self._waiting.update(things)

    def keep(self, things: Iterable[Thing]) -> None:
        """The batch that retired them was not committed after all."""
        with self._changed:
            self._waiting.difference_update(things)

    def forsake(self, server: str) -> None:
        """Nothing is dropped on a server any more; what is being dropped this moment ends as it does."""
        with self._changed:
            self._waiting = {thing for thing in self._waiting if thing[0] != server}
            self._changed.notify_all()

    def holds(self, thing: Thing) -> bool:
        """Tell whether a thing only waits for being dropped."""
        with self._changed:
            return thing in self._waiting

    @contextmanager
    def holding(self) -> Iterator[None]:
        """What is held in this time is dropped after it at the earliest."""
        try:
            yield
        finally:
            with self._changed:
                self._held.clear()
                self._changed.notify_all()

    def hold(self, thing: Thing) -> bool:
        """As ``holds``, and what waits goes on waiting: whoever plans with it must find it there when the plan is done.

        What is being dropped this moment is waited for.
        """
        with self._changed:
            self._changed.wait_for(lambda: thing not in self._dropping)
            if thing in self._waiting:
                self._held.add(thing)
            return thing in self._waiting

    def awaits(self, server: str, seconds: float) -> bool:
        """Tell whether anything still waits for being dropped on a server after that time, or at once when nothing."""
        with self._changed:
            done = self._changed.wait_for(lambda: all(thing[0] != server for thing in self._waiting), seconds)
            return not done

    def reclaim(self, thing: Thing) -> None:
        """Somebody makes it anew now: it is not dropped any more; wait while it is being dropped this moment."""
        with self._changed:
            self._changed.wait_for(lambda: thing not in self._dropping)
            self._waiting.discard(thing)

    def drop(self, thing: Thing, how: Callable[[], object]) -> None:
        """Drop a thing unless somebody has made it anew; an error of ``how`` leaves it waiting."""
        with self._changed:
            self._changed.wait_for(lambda: thing not in self._held)
            if thing not in self._waiting:
                return
            self._dropping.add(thing)
        try:
            how()
        except BaseException:
            with self._changed:
                self._dropping.discard(thing)
                self._changed.notify_all()
            raise
        with self._changed:
            self._dropping.discard(thing)
            self._waiting.discard(thing)
            self._changed.notify_all()
