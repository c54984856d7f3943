"""Remembering what services were told, which nothing on the machine shows; a killed run then tells them anew."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

from tholos.install.context import LIBRARY
from tholos.install.host import directory, file

MARKS = LIBRARY / "applied"


def fingerprint(*contents: str) -> str:
    """Name exactly these contents."""
    return hashlib.sha256("\0".join(contents).encode()).hexdigest()[:16]


def is_applied(name: str, wanted: str) -> bool:
    """Tell whether the service last took this fingerprint over."""
    mark = MARKS / name
    return mark.exists() and mark.read_text() == wanted


def mark(name: str, wanted: str) -> None:
    """Remember that the service has taken this fingerprint over."""
    directory(MARKS, 0o755)
    file(MARKS / name, wanted, quiet=True)


def once(name: str, wanted: str, tell: Callable[[], None]) -> None:
    """Tell a service, unless it has taken over exactly this already."""
    if not is_applied(name, wanted):
        tell()
        mark(name, wanted)


def written(source: Path, target: Path) -> str:
    """Write a file that comes with the installer to its place, and give its content."""
    content = source.read_text()
    file(target, content)
    return content
