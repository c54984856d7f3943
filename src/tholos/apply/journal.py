"""The journal: one file that says how to take a batch back, on the disk before the batch touches anything.

Its entry is void when the batch is committed or undone. What is in it after a crash tells what was under way.

The file keeps its place and its length, and entries are written over each other: that is one small write to the disk,
where a new file for each entry would have the file system write its own journal twice (ADR 11). An entry says how long
it is and has its own digest, so a write that a power cut tore in the middle counts for nothing, as if never begun.
"""

from __future__ import annotations

import hashlib
import os
import struct
from contextlib import suppress
from pathlib import Path

import msgspec

from tholos.apply.steps import Again
from tholos.apply.undo import Undo
from tholos.kernel.touched import Touched

_HEAD = struct.Struct(">Q32s")
"""The entry's length and its SHA-256."""
_VOID = bytes(_HEAD.size)
_GROWS = 64 * 1024
"""The file's length is a multiple of this."""


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
        self._file: int | None = None

    def begin(self, entry: Entry) -> None:
        """Put the entry on the disk; OSError when that is impossible, and then nothing was begun."""
        content = msgspec.msgpack.encode(entry)
        data = _HEAD.pack(len(content), hashlib.sha256(content).digest()) + content
        file = self._opened()
        try:
            if len(data) > os.fstat(file).st_size:
                self._grow(file, len(data))
            _write(file, data)
            os.fdatasync(file)
        except BaseException:
            with suppress(OSError):
                os.pwrite(file, _VOID, 0)
            raise

    def pending(self) -> Entry | None:
        """The entry that was begun and not ended; None when there is none."""
        try:
            data = self._path.read_bytes()
        except FileNotFoundError:
            return None
        if len(data) < _HEAD.size:
            return None
        length, digest = _HEAD.unpack_from(data)
        content = data[_HEAD.size : _HEAD.size + length]
        if length == 0 or hashlib.sha256(content).digest() != digest:
            return None
        return msgspec.msgpack.decode(content, type=Entry)

    def end(self, *, durably: bool = False) -> None:
        """Forget the entry.

        After a commit that need not reach the disk: an entry that comes back after a power cut is found to be
        committed. What was taken back must not be taken back once more later: that is ``durably``.
        """
        file = self._opened()
        os.pwrite(file, _VOID, 0)
        if durably:
            os.fdatasync(file)

    def close(self) -> None:
        """Close the file."""
        if self._file is not None:
            os.close(self._file)
            self._file = None

    def _opened(self) -> int:
        if self._file is None:
            self._file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        return self._file

    def _grow(self, file: int, length: int) -> None:
        """Have room on the disk: what is only reserved would have to be noted when it is written for the first time."""
        _write(file, bytes(-(-length // _GROWS) * _GROWS))
        os.fsync(file)
        directory = os.open(self._path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            os.fsync(directory)
        finally:
            os.close(directory)


def _write(file: int, data: bytes) -> None:
    at = 0
    while at < len(data):
        at += os.pwrite(file, data[at:], at)
