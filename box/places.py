"""Where the checkout is, and where boxes keep their things on the host."""

from __future__ import annotations

import fcntl
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent
CACHE = Path(os.environ.get("THOLOS_CACHE", "/var/cache/tholos"))
BOXES = Path(os.environ.get("THOLOS_BOXES", "/var/lib/tholos-boxes"))
IN_BOX_SOURCE = "/opt/tholos-src"
IN_BOX_WHEELS = "/opt/tholos-wheels"


def digest(*parts: str) -> str:
    """Give a short name for a cache entry that is made from exactly these parts."""
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:16]


@contextmanager
def locked(directory: Path) -> Iterator[None]:
    """Keep other runs out of a directory, which is made if it is not there; a killed run leaves no lock behind."""
    directory.mkdir(parents=True, exist_ok=True)
    with (directory / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
