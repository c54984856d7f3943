"""A thread that looks for something to do: when it is woken by a commit, and again when it was told to."""

from __future__ import annotations

import threading
from collections.abc import Callable

from tholos.kernel.log import log, reason

AGAIN = 5.0
"""Seconds after which a look that failed is made again, if nobody wakes the thread before."""
PATIENCE = 10.0
"""Seconds that ``join`` waits for a look that is under way."""


class Woken:
    """Calls ``look`` in a thread of its own, never two at a time.

    ``look`` gives the seconds until it is called again in any case, None for not before ``notice`` is called. It is
    called for the first time ``first`` seconds after the start.
    """

    def __init__(self, name: str, look: Callable[[], float | None], *, first: float = 0.0) -> None:
        self._look = look
        self._first = first
        self._wake = threading.Event()
        self._stopping = False
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        """Begin to look."""
        self._thread.start()

    def notice(self) -> None:
        """There may be something to do."""
        self._wake.set()

    @property
    def stopping(self) -> bool:
        """Whether ``look`` should begin nothing more."""
        return self._stopping

    def stop(self) -> None:
        """Look no more."""
        self._stopping = True
        self._wake.set()

    def join(self) -> None:
        """After ``stop``: wait until the look that is under way is over."""
        if self._thread.is_alive():
            self._thread.join(PATIENCE)

    def _run(self) -> None:
        again: float | None = self._first
        while True:
            self._wake.wait(again)
            self._wake.clear()
            if self._stopping:
                return
            again = self._looked()

    def _looked(self) -> float | None:
        try:
            return self._look()
        except Exception as error:  # Whatever it is, a full disk for instance, may pass.
            if not self._stopping:
                log.error("a look for work failed", thread=self._thread.name, error=reason(error))
            return AGAIN
