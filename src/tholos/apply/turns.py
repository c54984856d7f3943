"""Taking turns: of what costs everybody something, only a few go on side by side."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from tholos.kernel.errors import ServiceFailed


@contextmanager
def turn(places: threading.Semaphore, seconds: float, what: str) -> Iterator[None]:
    """Hold one of the places meanwhile; raise ServiceFailed when none became free in time."""
    if not places.acquire(timeout=seconds):
        raise ServiceFailed(f"too many {what} already; try again later")
    try:
        yield
    finally:
        places.release()
