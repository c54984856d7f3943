"""Writing that may wait a moment, so that a call that only reads never waits for a disk."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

from tholos.kernel.log import log

Item = TypeVar("Item")
MOST_WAITING = 100_000
"""Items that wait at most; when writing fails for long, the oldest are lost rather than all memory."""


class Later(Generic[Item]):
    """Collects items and writes them together, at most this many seconds after the first of them came."""

    def __init__(self, name: str, seconds: float, write: Callable[[Sequence[Item]], None]) -> None:
        self._seconds = seconds
        self._write = write
        self._waiting: deque[Item] = deque(maxlen=MOST_WAITING)
        self._something = threading.Event()
        self._closing = threading.Event()
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    def add(self, item: Item) -> None:
        """Take an item; it is written soon."""
        self._waiting.append(item)
        self._something.set()

    def flush(self) -> None:
        """Write what is waiting, now."""
        with self._lock:
            items = [self._waiting.popleft() for _ in range(len(self._waiting))]
            if not items:
                return
            try:
                self._write(items)
            except Exception as error:  # What is lost here is a line of a log, which must not stop the engine.
                log.error("could not be written", what=self._thread.name, items=len(items), error=type(error).__name__)

    def close(self) -> None:
        """Write what is waiting and end."""
        self._closing.set()
        self._something.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._closing.is_set():
            self._something.wait()
            self._closing.wait(self._seconds)
            self._something.clear()
            self.flush()
