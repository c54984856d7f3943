"""Reading a database out and filling one: between files and servers, and never all in memory."""

from __future__ import annotations

import os
import subprocess
import threading
from collections.abc import Callable, Iterator
from typing import IO

from tholos.jobs.databases.clients import MYSQL, dumper, loader, packer, unpacker
from tholos.jobs.databases.lines import without_definers, without_owners
from tholos.jobs.databases.logins import Place, reader, writer
from tholos.jobs.run import Run
from tholos.jobs.sandbox import Sandbox, sandbox
from tholos.kernel.errors import ServiceFailed

_LONGEST = 1 << 20
"""Bytes of one line that are passed on at once."""
Check = Callable[[], None]


def save(run: Run, place: Place, file: int, packed: str) -> None:
    """Write a database into an open file, packed by the ending of its name."""
    with reader(run, place) as way, sandbox(run) as box:
        if not packed:
            box.start(dumper(way), subprocess.DEVNULL, file)
        else:
            taken, given = os.pipe()
            with os.fdopen(taken, "rb") as end, os.fdopen(given, "wb") as begin:
                box.start(dumper(way), subprocess.DEVNULL, begin)
                box.start(packer(packed), end, file)
        box.wait(run.check)


def load(run: Run, place: Place, file: int, packed: str, check: Check) -> None:
    """Fill a database from an open file; whatever is wrong with that, nobody but the database's owner can tell."""
    size = max(os.fstat(file).st_size, 1)

    def look() -> None:
        check()
        # The program that reads the file shares its offset with us (fork(2)).
        run.progress(os.lseek(file, 0, os.SEEK_CUR) / size)

    with writer(run, place) as way, sandbox(run) as box:
        client = box.start(loader(way), subprocess.PIPE, subprocess.DEVNULL)
        if packed:
            source = box.start(unpacker(packed), file, subprocess.PIPE)
            _pump(box, source.stdout, source, client, place, look)
        else:
            with os.fdopen(os.dup(file), "rb") as plain:
                _pump(box, plain, None, client, place, look)


def copy(run: Run, old: Place, new: Place) -> None:
    """Fill a database with what another has."""
    with reader(run, old) as way, writer(run, new) as into, sandbox(run) as box:
        client = box.start(loader(into), subprocess.PIPE, subprocess.DEVNULL)
        source = box.start(dumper(way), subprocess.DEVNULL, subprocess.PIPE)
        _pump(box, source.stdout, source, client, new, run.check)


class _Pump(threading.Thread):
    """Passes lines on to a client, whose input it closes only when all of them have come.

    A client that saw an end before would take a half for the whole.
    """

    def __init__(self, lines: Iterator[bytes], source: subprocess.Popen[bytes] | None, into: IO[bytes]) -> None:
        super().__init__(name="dump", daemon=True)
        self._lines = lines
        self._source = source
        self._into = into
        self.broken = False

    def run(self) -> None:
        """Pass everything on."""
        try:
            for line in self._lines:
                self._into.write(line)
            self._into.flush()
            if self._source is not None and self._source.wait() != 0:
                self.broken = True
                return
            self._into.close()
        except (OSError, ValueError):
            # The client has ended, and says itself why; or the file cannot be read.
            self.broken = True


def _pump(
    box: Sandbox,
    stream: IO[bytes] | None,
    source: subprocess.Popen[bytes] | None,
    client: subprocess.Popen[bytes],
    place: Place,
    check: Check,
) -> None:
    if stream is None or client.stdin is None:
        raise ServiceFailed("a program was started without its pipe")
    lines = iter(lambda: stream.readline(_LONGEST), b"")
    own = without_definers if place.engine == MYSQL else without_owners
    pump = _Pump(own(lines), source, client.stdin)
    pump.start()

    def look() -> None:
        check()
        if pump.broken and client.poll() is None and (source is None or source.poll() == 0):
            raise ServiceFailed("the dump could not be read to its end")

    try:
        box.wait(look)
    finally:
        _end(pump, box, stream, client.stdin)


def _end(pump: _Pump, box: Sandbox, *streams: IO[bytes]) -> None:
    """Close pipes after whoever used them has ended; what is left in their buffers nobody wants any more."""
    box.end()
    pump.join()
    for stream in streams:
        try:
            stream.close()
        except OSError:
            continue
