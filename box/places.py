"""Where the checkout is, and where boxes keep their things on the host."""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from box.say import Problem

CHECKOUT = Path(__file__).resolve().parent.parent
CACHE = Path(os.environ.get("THOLOS_CACHE", "/var/cache/tholos"))
BOXES = Path(os.environ.get("THOLOS_BOXES", "/var/lib/tholos-boxes"))
NAME = re.compile(r"[a-z][a-z0-9-]{0,30}")
IN_BOX_SOURCE = "/opt/tholos-src"
IN_BOX_WHEELS = "/opt/tholos-wheels"


def check_name(name: str) -> str:
    """Give a box's name back, or say why it cannot name one: names become directories, interfaces and host names."""
    if not NAME.fullmatch(name):
        raise Problem(f"{name!r} cannot name a box: use up to 31 lower-case letters, digits and hyphens.")
    return name


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
