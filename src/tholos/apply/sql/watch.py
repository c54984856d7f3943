"""Hanging up on servers that do not answer in time: one that stops in the middle would hold its caller for ever.

Clients have no bound for the time of a statement, or one that is no bound for the server, so their sockets are shut
down from outside (shutdown(2)), which ends whatever waits for them.
"""

from __future__ import annotations

import os
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

TICK = 0.25
"""Seconds between two looks while anything runs."""


class Watch:
    """A thread that looks after what runs; it sleeps while nothing does."""

    def __init__(self) -> None:
        self._running: dict[object, tuple[float, int]] = {}
        self._lock = threading.Lock()
        self._something = threading.Event()
        self._thread: threading.Thread | None = None

    @contextmanager
    def over(self, descriptor: int, seconds: float) -> Iterator[None]:
        """Shut a socket down unless the block ends within so many seconds; its descriptor stays open meanwhile."""
        this = object()
        with self._lock:
            self._running[this] = (time.monotonic() + seconds, descriptor)
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._look, name="sql watch", daemon=True)
                self._thread.start()
        self._something.set()
        try:
            yield
        finally:
            with self._lock:
                self._running.pop(this, None)

    def _look(self) -> None:
        while True:
            self._something.wait()
            time.sleep(TICK)
            with self._lock:
                now = time.monotonic()
                for this, (deadline, descriptor) in [*self._running.items()]:
                    if deadline < now:
                        del self._running[this]
                        _hang_up(descriptor)
                if not self._running:
                    self._something.clear()


def _hang_up(descriptor: int) -> None:
    with suppress(OSError), socket.socket(fileno=os.dup(descriptor)) as connection:
        connection.shutdown(socket.SHUT_RDWR)


WATCH = Watch()
"""The one watch of this process."""
