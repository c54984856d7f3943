"""Servers that do not answer: nobody waits for one a second time, until a thread of its own finds that it is back."""

from __future__ import annotations

import threading
from collections.abc import Callable

from tholos.apply.sql.place import Place
from tholos.kernel.errors import NoConnection

AGAIN = 1.0
"""Seconds between two tries."""


class Down:
    """Which servers are down, and what was said; ``reach`` tries one, and raises NoConnection.

    One that is not ``known`` any more, or by another password, is not tried.
    """

    def __init__(self, reach: Callable[[Place], None], known: Callable[[Place], bool] = lambda _place: True) -> None:
        self._reach = reach
        self._known = known
        self._said: dict[Place, str] = {}
        self._lock = threading.Lock()
        self._closing = threading.Event()

    def mark(self, place: Place, said: str) -> None:
        """A server has kept somebody waiting."""
        with self._lock:
            known = place in self._said
            self._said[place] = said
        if not known and not self._closing.is_set():
            threading.Thread(target=self._try, args=(place,), name=f"down {place.name}", daemon=True).start()

    def require_up(self, place: Place) -> None:
        """Raise NoConnection for a server that is down."""
        said = self._said.get(place)
        if said is not None:
            raise NoConnection(said)

    def close(self) -> None:
        """Try no more."""
        self._closing.set()

    def _try(self, place: Place) -> None:
        while not self._closing.wait(AGAIN) and self._known(place):
            try:
                self._reach(place)
            except NoConnection:
                continue
            break
        with self._lock:
            self._said.pop(place, None)
