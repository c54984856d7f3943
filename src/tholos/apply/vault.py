"""The private store of temporary files: texts that a caller puts down in one call and names in a later one.

It lives below the engine's runtime directory, readable by root alone, apart for each set of credentials, and is gone
after a reboot. Nothing in it is ever reached through the real ``/tmp``.
"""

from __future__ import annotations

import hashlib
import os
import time
from contextlib import suppress
from pathlib import Path

from tholos.kernel.errors import DiskFull, Invalid

KEPT = 3600
"""Seconds that a text is kept."""
LARGEST = 4 * 1024 * 1024
"""Bytes of one text at most."""
MOST = 200
"""Texts of one set of credentials at most."""
LONGEST_NAME = 200
"""Bytes of a text's name; the name of the file that it is written to first is a little longer."""


class PrivateVault:
    """Texts by owner and base name, in files of mode 0600."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)

    def put(self, owner: str, name: str, content: str) -> None:
        """Keep a text; raise Invalid for a bad name or a text too large, DiskFull when the owner has too many."""
        path = self._path(owner, name)
        data = content.encode()
        if path is None or len(data) > LARGEST:
            raise Invalid(f"invalid temporary file :: at most {LARGEST} bytes and a plain name", argument="arg2")
        path.parent.mkdir(mode=0o700, exist_ok=True)
        self._forget_old(path.parent)
        if len(list(path.parent.iterdir())) >= MOST:
            raise DiskFull("too many temporary files")
        temporary = path.with_name("." + path.name + ".new")
        temporary.unlink(missing_ok=True)
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
        temporary.rename(path)

    def get(self, owner: str, name: str) -> str | None:
        """Give back a text, or None when there is none or it is too old."""
        path = self._path(owner, name)
        if path is None:
            return None
        with suppress(OSError):
            if time.time() - path.stat().st_mtime < KEPT:
                return path.read_text()
        return None

    def forget(self, owner: str, name: str) -> None:
        """Keep a text no longer."""
        path = self._path(owner, name)
        if path is not None:
            path.unlink(missing_ok=True)

    def _path(self, owner: str, name: str) -> Path | None:
        base = name.rpartition("/")[2]
        if base.startswith(".") or not (base.isprintable() and 0 < len(base.encode()) <= LONGEST_NAME):
            return None
        return self._directory / hashlib.sha256(owner.encode()).hexdigest() / base

    def _forget_old(self, directory: Path) -> None:
        for path in directory.iterdir():
            with suppress(OSError):
                if time.time() - path.stat().st_mtime >= KEPT:
                    path.unlink()
