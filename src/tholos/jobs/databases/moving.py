"""Reading a database out and filling one: between files and servers, and never all in memory."""

from __future__ import annotations

import os
import secrets
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import IO

from tholos.jobs.databases import transaction
from tholos.jobs.databases.clients import MYSQL, Way, begun, dumper, ended, framed, loader, packer, unpacker
from tholos.jobs.databases.lines import without_definers, without_owners
from tholos.jobs.databases.logins import Place, order_of, place_of, reader, shut, writer
from tholos.jobs.run import Run
from tholos.jobs.sandbox import Sandbox, sandbox
from tholos.kernel.errors import DatabaseFailed, Refusal, ServiceFailed

_LONGEST = 1 << 20
"""Bytes of one line that are passed on at once."""
_LAST = 4096
"""Bytes of what a client prints that are kept."""
MOST_HOURS = 6
"""Hours that reading a database out or filling it may take: a dump can hold statements that never end."""
Check = Callable[[], None]


def in_time(run: Run) -> Check:
    """A check of a job that also ends it, with DatabaseFailed, when what begins now takes more than ``MOST_HOURS``."""
    last = time.monotonic() + MOST_HOURS * 3600

    def check() -> None:
        run.check()
        if time.monotonic() > last:
            raise DatabaseFailed(f"it took longer than {MOST_HOURS} hours")

    return check


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
        box.wait(in_time(run))


def load(run: Run, place: Place, file: int, packed: str, check: Check) -> None:
    """Fill a database from an open file; whatever is wrong with that, nobody but the database's owner can tell.

    Nothing is done where PostgreSQL has committed it already, and the engine was killed before it could be noted.
    """
    if transaction.was_committed(run, place):
        return
    size = max(os.fstat(file).st_size, 1)

    def look() -> None:
        check()
        # The program that reads the file shares its offset with us (fork(2)).
        run.progress(os.lseek(file, 0, os.SEEK_CUR) / size)

    with writer(run, place) as way, sandbox(run) as box:
        _fill(_Loader(run, box, way, place), box, file, packed, look)


def _fill(client: _Loader, box: Sandbox, file: int, packed: str, check: Check) -> None:
    if packed:
        source = box.start(unpacker(packed), file, subprocess.PIPE)
        client.fill(source.stdout, source, check)
    else:
        with os.fdopen(os.dup(file), "rb") as plain:
            client.fill(plain, None, check)


def put_back(run: Run, place: Place, file: int, packed: str, order: tuple[str, str]) -> None:
    """Fill a database of MariaDB anew, and have it be this job's alone until it is given back.

    This is not cut short when the job is called off.
    """
    way = shut(run, place)._replace(anew=order)
    with sandbox(run) as box:
        _fill(_Loader(run, box, way, place), box, file, packed, run.check_end)


def copy(run: Run, old: Place, new: Place) -> None:
    """Fill a database with what another has; nothing is done where that is committed already, as with ``load``."""
    if transaction.was_committed(run, new):
        return
    with reader(run, old) as way, _all_of(run, old, new) as into, sandbox(run) as box:
        client = _Loader(run, box, into, old, new)
        source = box.start(dumper(way), subprocess.DEVNULL, subprocess.PIPE)
        client.fill(source.stdout, source, in_time(run))


@contextmanager
def _all_of(run: Run, old: Place, new: Place) -> Iterator[Way]:
    """A login that may fill a database that nobody uses yet, and begins as the old one did."""
    if new.engine != MYSQL:
        with writer(run, new) as way:
            yield way
    else:
        # An attempt that was cut off has left half of it; PostgreSQL's was one transaction.
        yield shut(run, new)._replace(anew=order_of(run, old))


class _Loader:
    """The client that carries a dump out, and the threads that feed it and listen to it."""

    def __init__(self, run: Run, box: Sandbox, way: Way, *places: Place) -> None:
        self._run = run
        self._places = places
        self._box = box
        self._way = way
        # What is run in a rehearsal only repeats what it is told.
        self._says = way.engine != MYSQL and not run.host.rehearse
        self._token = secrets.token_hex(16)
        self._process = box.start(loader(way), subprocess.PIPE, subprocess.PIPE)
        self._listener = _Listener(self._process.stdout)
        self._listener.start()

    def fill(self, stream: IO[bytes] | None, source: subprocess.Popen[bytes] | None, check: Check) -> None:
        """Have everything of a stream carried out; ``source`` is the program that it comes from.

        Raise DatabaseFailed when the dump ends too early, ServiceFailed when it cannot be read to its end, and whatever
        ``check`` or a program that fails raises.
        """
        if stream is None or self._process.stdin is None:
            raise ServiceFailed("a program was started without its pipe")
        pump = _Pump(self._framed(stream), source, self._process.stdin)
        pump.start()

        def look() -> None:
            check()
            if pump.refusal is not None:
                raise pump.refusal
            if pump.broken and self._process.poll() is None and (source is None or source.poll() == 0):
                raise ServiceFailed("the dump could not be read to its end")

        try:
            self._box.wait(look)
        finally:
            _end(pump, self._box, stream, self._process.stdin)
        self._listener.join()
        if self._says and not ended(self._listener.last, self._token):
            raise DatabaseFailed("the dump ends in the middle of a statement")

    def _framed(self, stream: IO[bytes]) -> Iterator[tuple[bytes, bool]]:
        """What the client is told, and whether that is the end, which it may see only when all else has come."""
        before, after = framed(self._way, self._token)
        own = without_definers if self._way.engine == MYSQL else without_owners
        yield before, False
        number = self._listener.number(self._token) if self._says else 0
        if number:
            # The client is in a database now, and stays in that: it is ours when ours is there still.
            for place in self._places:
                self._run.read(lambda state, id=place.id: place_of(state, id, self._run.id))  # type: ignore[misc]
        for line in own(iter(lambda: stream.readline(_LONGEST), b"")):
            yield line, False
        if number:
            # A commit without this note would be forgotten with the engine.
            transaction.note(self._run, number)
        yield after, True


class _Listener(threading.Thread):
    """Takes what a client prints, and keeps the last of it."""

    def __init__(self, stream: IO[bytes] | None) -> None:
        super().__init__(name="dump answers", daemon=True)
        self._stream = stream
        self._heard = threading.Condition()
        self._over = False
        self.last = b""

    def run(self) -> None:
        """Listen until the client ends."""
        if self._stream is not None:
            with self._stream:
                while part := os.read(self._stream.fileno(), 1 << 16):
                    self._hear(part)
        self._hear(b"", over=True)

    def _hear(self, part: bytes, *, over: bool = False) -> None:
        with self._heard:
            self.last = (self.last + part)[-_LAST:]
            self._over = over
            self._heard.notify_all()

    def number(self, token: str) -> int:
        """Wait until the client has said which transaction it has begun; OSError when it ends without."""
        with self._heard:
            self._heard.wait_for(lambda: self._over or begun(self.last, token) is not None)
            found = begun(self.last, token)
        if found is None:
            raise OSError("the client has ended")
        return found


class _Pump(threading.Thread):
    """Passes on what a client is told; the end of it, and of its input, only when the source has given everything.

    A client that saw an end before would take a half for the whole.
    """

    def __init__(
        self, parts: Iterator[tuple[bytes, bool]], source: subprocess.Popen[bytes] | None, into: IO[bytes]
    ) -> None:
        super().__init__(name="dump", daemon=True)
        self._parts = parts
        self._source = source
        self._into = into
        self.broken = False
        self.refusal: Refusal | None = None

    def run(self) -> None:
        """Pass everything on."""
        told = False
        try:
            for part, ends in self._parts:
                if ends and self._source is not None and self._source.wait() != 0:
                    self.broken = True
                    return
                self._into.write(part)
                if part and not told:
                    # What is said first is answered before the rest is asked for.
                    self._into.flush()
                    told = True
            self._into.close()
        except Refusal as refusal:
            self.refusal = refusal
        except (OSError, ValueError):
            # The client has ended, and says itself why; or the file cannot be read.
            self.broken = True


def _end(pump: _Pump, box: Sandbox, *streams: IO[bytes]) -> None:
    """Close pipes after whoever used them has ended; what is left in their buffers nobody wants any more."""
    box.end()
    pump.join()
    for stream in streams:
        try:
            stream.close()
        except OSError:
            continue
