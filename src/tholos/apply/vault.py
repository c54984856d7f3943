"""The private store of temporary files: texts that a caller puts down in one call and names in a later one.

It lives in memory (tmpfs) below the engine's runtime directory, readable by root alone, apart for each set of
credentials, and is gone after a reboot. Nothing in it is ever reached through the real ``/tmp``.
"""

from __future__ import annotations

import hashlib
import os
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from tholos.kernel.errors import DiskFull, Invalid

KEPT = 3600
"""Seconds that a text is kept."""
LARGEST = 4 * 1024 * 1024
"""Bytes of one text at most."""
MOST = 200
"""Texts of one set of credentials at most."""
MOST_OF_ACCOUNT = 16 * 1024 * 1024
"""Bytes of all texts of an account, whatever credentials it has."""
MOST_OF_ALL = 64 * 1024 * 1024
"""Bytes of all texts: the memory is the node's."""
LONGEST_NAME = 200
"""Bytes of a text's name; the name of the file that it is written to first is a little longer."""
_PAGE = 4096
"""Bytes in which tmpfs gives memory to a file."""


class _Text(NamedTuple):
    path: Path
    taken: int


class PrivateVault:
    """Texts by owner and base name, in files of mode 0600.

    An owner is an account, ``/`` and what tells the account's credentials apart. Its directory is named by a digest of
    each.
    """

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        # Room is looked for and taken by one caller at a time.
        self._lock = threading.Lock()
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)

    def put(self, owner: str, name: str, content: str) -> None:
        """Keep a text; raise Invalid for a bad name or a text too large, DiskFull when there is no room for it."""
        path = self._path(owner, name)
        data = content.encode()
        if path is None or len(data) > LARGEST:
            raise Invalid(f"invalid temporary file :: at most {LARGEST} bytes and a plain name", argument="arg2")
        with self._lock:
            self._require_room(path, _taken(len(data)))
            path.parent.mkdir(mode=0o700, exist_ok=True)
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

    def forget_all(self, account: str, credentials: str | None = None) -> None:
        """Keep no text of an account any longer, or none that was put down with these credentials."""
        pattern = f"{_digest(account)}.{'*' if credentials is None else _digest(credentials)}"
        with self._lock:
            for directory in self._directory.glob(pattern):
                for path in directory.iterdir():
                    path.unlink(missing_ok=True)
                directory.rmdir()

    def sweep(self) -> None:
        """Delete every text that is too old, and the directories of owners that have none."""
        with self._lock:
            for _ in self._fresh():
                pass
            for directory in self._directory.iterdir():
                # One that is not empty stays.
                with suppress(OSError):
                    directory.rmdir()

    def _require_room(self, path: Path, taken: int) -> None:
        others = [text for text in self._fresh() if text.path != path]
        if sum(text.path.parent == path.parent for text in others) >= MOST:
            raise DiskFull("too many temporary files")
        account = path.parent.name.partition(".")[0]
        own = sum(text.taken for text in others if text.path.parent.name.partition(".")[0] == account)
        if own + taken > MOST_OF_ACCOUNT or sum(text.taken for text in others) + taken > MOST_OF_ALL:
            raise DiskFull("too many temporary files :: there is no room for this one")

    def _fresh(self) -> Iterator[_Text]:
        """Every text that is not too old; the others are deleted on the way."""
        for path in self._directory.glob("*/*"):
            with suppress(OSError):
                found = path.stat()
                if time.time() - found.st_mtime < KEPT:
                    yield _Text(path, _taken(found.st_size))
                else:
                    path.unlink()

    def _path(self, owner: str, name: str) -> Path | None:
        base = name.rpartition("/")[2]
        if base.startswith(".") or not (base.isprintable() and 0 < len(base.encode()) <= LONGEST_NAME):
            return None
        account, _, credentials = owner.partition("/")
        return self._directory / f"{_digest(account)}.{_digest(credentials)}" / base


def _taken(size: int) -> int:
    """The memory that a file of this size takes: one page at least, for its name and its inode."""
    return max(1, -(-size // _PAGE)) * _PAGE


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
