"""The journal: one file that says how to take a batch back, on the disk before the batch touches anything.

It is removed when the batch is committed or undone. What is in it after a crash tells what was under way.
"""

from __future__ import annotations

import os
from pathlib import Path

import msgspec

from tholos.apply.steps import Again
from tholos.apply.undo import Undo
from tholos.kernel.want import Touched


class Entry(msgspec.Struct, frozen=True):
    """A batch under way: its id, how to take each change back (in the order done), and what it concerned.

    ``again`` has the services take up the files that were put back.
    """

    batch: str
    undo: tuple[Undo, ...]
    again: tuple[Again, ...]
    touched: tuple[Touched, ...]


class Journal:
    """The journal of one engine, a file in its state directory."""

    def __init__(self, directory: Path) -> None:
        self._path = directory / "journal"
        self._new = directory / "journal.new"
        self._directory = directory

    def begin(self, entry: Entry) -> None:
        """Put the entry on the disk; OSError when that is impossible, and then nothing was begun."""
        try:
            with open(self._new, "wb", opener=_private) as file:
                file.write(msgspec.msgpack.encode(entry))
                file.flush()
                os.fsync(file.fileno())
            self._new.rename(self._path)
            self._sync_directory()
        except BaseException:
            self._new.unlink(missing_ok=True)
            self._path.unlink(missing_ok=True)
            raise

    def pending(self) -> Entry | None:
        """The entry that was begun and not ended; None when there is none."""
        self._new.unlink(missing_ok=True)
        try:
            return msgspec.msgpack.decode(self._path.read_bytes(), type=Entry)
        except FileNotFoundError:
            return None

    def end(self) -> None:
        """Forget the entry.

        The removal itself need not reach the disk: an entry that comes back after a power cut finds nothing kept aside.
        """
        self._path.unlink(missing_ok=True)

    def _sync_directory(self) -> None:
        descriptor = os.open(self._directory, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
