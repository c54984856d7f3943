"""How long a call to another server may take in all: a limit for each single wait lets it drip its answer for ever."""

from __future__ import annotations

import threading
from collections.abc import Callable
from types import TracebackType
from typing import Self


class Limit:
    """Has something be broken off, by another thread, when what is done meanwhile takes longer than some seconds."""

    def __init__(self, seconds: float, break_off: Callable[[], None]) -> None:
        self.over = False
        """Whether it took longer."""
        self._break_off = break_off
        self._timer = threading.Timer(seconds, self._strike)
        self._timer.daemon = True

    def __enter__(self) -> Self:
        self._timer.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._timer.cancel()

    def _strike(self) -> None:
        self.over = True
        self._break_off()
