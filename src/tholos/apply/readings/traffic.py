"""The log in which nginx writes what it sends for sites, read so that every line is counted once.

All sites share one log; a line is ``=TIME CONNECTION.REQUEST SERVER BYTES`` (``log_format tholos_traffic``), no two are
alike, and nothing in them is a visitor's to choose. Whatever becomes of the file, a log stays the one that begins with
the same line: when it is renamed, copied or compressed. Truncated, it is another. So a place in a log is the digest of
its first line and a number of bytes, and it does not matter who rotates it, how, and when.
"""

from __future__ import annotations

import gzip
import hashlib
import os
import re
import stat
import zlib
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from io import FileIO
from typing import NamedTuple

from tholos.apply import paths
from tholos.apply.host import Host

DIRECTORY = "/var/log/nginx/tholos"
LOG = "traffic.log"
"""nginx writes here; rotated logs have names that begin with it."""
CHUNK = 64 * 1024
"""Bytes that are looked through in one go: for a millisecond, because meanwhile no other thread runs."""
PIECE = 64 * CHUNK
"""Bytes that are counted together, and so committed together, at most."""
_HEAD = 4096
"""Bytes of which the first line is taken; a longer one is none of nginx's."""
_LINE = re.compile(rb"=(\d{8})\d\d\.\d{3} \d+\.\d+ ([-a-z0-9.*_]+) (\d{1,15})\n")
_EXACT = re.compile(rb"=(\d{8})(\d\d)\.(\d{3}) \d+\.\d+ ([-a-z0-9.*_]+) (\d{1,15})\n")
Key = tuple[bytes, bytes]
"""A server's name, and when: hundreds of seconds, or milliseconds for a name that was not always the same site's."""
_BROKEN = (EOFError, zlib.error, gzip.BadGzipFile)
"""What a compressed file raises that is not whole, perhaps because it is just being written."""


Reader = FileIO | gzip.GzipFile


class Piece(NamedTuple):
    """A part of a log, from byte ``start`` to ``end``, and what was sent by it."""

    log: str
    start: int
    end: int
    sums: Mapping[Key, int]


class _Source(NamedTuple):
    """A file that holds a log: the log, whether nginx writes to it now, how to read it, and how long it is."""

    log: str
    current: bool
    file: Reader
    size: int
    packed: bool


class Traffic:
    """Reads the logs of a machine; it remembers which compressed ones it need not unpack again."""

    def __init__(self, host: Host) -> None:
        self._host = host
        self._finished: dict[tuple[int, int, int], str] = {}

    def pieces(self, counted: Mapping[str, int], contested: Collection[bytes]) -> Iterator[Piece]:
        """What is not counted yet, a chunk at a time; ``counted`` are the bytes of each log that are.

        Who asks for the next piece has counted the one before: a compressed log that was read to its end is not looked
        at again.
        """
        with self._sources() as sources:
            for source in sources:
                yield from self._of(source, counted.get(source.log, 0), contested)

    def logs(self) -> set[str]:
        """The logs that are there."""
        with self._sources() as sources:
            return {source.log for source in sources} | set(self._finished.values())

    def is_lost(self) -> bool:
        """Tell whether somebody took away the file that nginx writes to, so that nobody can read what it writes."""
        directory = paths.status(self._host.tree.root, DIRECTORY)
        return directory is not None and not self._host.exists(f"{DIRECTORY}/{LOG}")

    def _of(self, source: _Source, start: int, contested: Collection[bytes]) -> Iterator[Piece]:
        if source.current and start > source.size:
            # A power cut took lines from the end of the file that had been counted: they were sent, and are not again.
            yield Piece(source.log, start, source.size, {})
            start = source.size
        yield from _pieces(source, start, contested)
        if source.packed:
            self._finish(source)

    def _finish(self, source: _Source) -> None:
        found = os.fstat(source.file.fileno())
        self._finished[found.st_ino, found.st_size, found.st_mtime_ns] = source.log

    @contextmanager
    def _sources(self) -> Iterator[list[_Source]]:
        """One file for each log: the longest where a log is being copied or compressed."""
        with ExitStack() as stack:
            best: dict[str, _Source] = {}
            try:
                directory = stack.enter_context(paths.directory(self._host.tree.root, DIRECTORY))
            except FileNotFoundError:
                yield []
                return
            for name in sorted(os.listdir(directory)):  # noqa: PTH208 - of a descriptor
                source = self._source(directory, name, stack) if name.startswith(LOG) else None
                if source is not None and _rank(source) > _rank(best.get(source.log)):
                    best[source.log] = source
            yield list(best.values())

    def _source(self, directory: int, name: str, stack: ExitStack) -> _Source | None:
        try:
            descriptor = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=directory)
        except OSError:
            return None
        raw = stack.enter_context(os.fdopen(descriptor, "rb", buffering=0))
        found = os.fstat(descriptor)
        packed = name.endswith(".gz")
        if not stat.S_ISREG(found.st_mode) or (found.st_ino, found.st_size, found.st_mtime_ns) in self._finished:
            return None
        file = stack.enter_context(gzip.GzipFile(fileobj=raw)) if packed else raw
        log = _digest(_head(file))
        return _Source(log, name == LOG, file, found.st_size, packed) if log else None


def _rank(source: _Source | None) -> tuple[bool, int]:
    return (not source.packed, source.size) if source is not None else (False, -1)


def _head(file: Reader) -> bytes:
    with suppress(*_BROKEN):
        return file.read(_HEAD)
    return b""


def _digest(head: bytes) -> str:
    """What a log is known by, or nothing while its first line is not complete."""
    found = _LINE.search(head)
    if found is None and len(head) < _HEAD:
        return ""
    return hashlib.blake2b(found[0] if found else head, digest_size=16).hexdigest()


def _is_same(source: _Source) -> bool:
    """Tell whether a file still holds the same log, and so did when it was read before."""
    return source.packed or _digest(os.pread(source.file.fileno(), _HEAD, 0)) == source.log


def _pieces(source: _Source, start: int, contested: Collection[bytes]) -> Iterator[Piece]:
    """What a file holds from a place on, added up."""
    end, sums = start, _no_sums()
    for end, lines in _chunks(source.file, start):
        count(lines, contested, sums)
        if end - start >= PIECE and _is_same(source):
            yield Piece(source.log, start, end, sums)
            start, sums = end, _no_sums()
    if end > start and _is_same(source):
        yield Piece(source.log, start, end, sums)


def _no_sums() -> dict[Key, int]:
    return defaultdict(int)


def _chunks(file: Reader, start: int) -> Iterator[tuple[int, bytes]]:
    """Whole lines from a place on, each time with the place where they end.

    A compressed file that breaks off, perhaps because it is just being written, gives what it has until there.
    """
    left = b""
    with suppress(*_BROKEN):
        file.seek(start)
        while data := file.read(CHUNK):
            data = left + data
            end = data.rfind(b"\n") + 1
            if not end and len(data) > CHUNK:
                # No line of nginx's is that long; what it is need not be kept until its end comes.
                end = len(data)
            lines, left = data[:end], data[end:]
            if lines:
                start += end
                yield start, lines


def count(lines: bytes, contested: Collection[bytes], sums: dict[Key, int]) -> None:
    """Add what lines say to the sums; what is no line of ours counts nothing.

    A line that was cut off where the disk was full is followed by the next without an end; that one is found in it.
    """
    if not contested:
        for hundreds, name, sent in _LINE.findall(lines):
            sums[name, hundreds] += int(sent)
        return
    for hundreds, rest, fraction, name, sent in _EXACT.findall(lines):
        sums[name, hundreds + rest + fraction if name in contested else hundreds] += int(sent)
