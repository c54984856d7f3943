"""What trees of accounts take on the disk, measured by du(1) at the lowest priority.

du opens every directory from the one above it and follows no link (fts(3), FTS_PHYSICAL), stays on one file system,
counts allocated blocks, and a file with several names once. It is a process of its own, so that a tree of a million
files takes nothing from the engine's threads.
"""

from __future__ import annotations

import os
import selectors
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress

from tholos.apply import paths
from tholos.apply.host import Host
from tholos.apply.machine import reading
from tholos.kernel.errors import ServiceFailed

_IDLE = ("nice", "-n", "19", "ionice", "-c", "3", "-t")
_DU = (*_IDLE, "du", "--null", "--block-size=1", "--one-file-system")
_ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LC_ALL": "C"}
PATIENCE = 300.0
"""Seconds that a caller waits at most; what takes longer is measured in the background."""
_AT_ONCE = threading.BoundedSemaphore(2)
"""How many trees are measured for callers at the same time."""
_LOOK = 0.5
"""Seconds after which is looked whether the answer is still wanted."""
Wanted = Callable[[], bool]
Home = tuple[int, dict[str, int]]
"""Bytes of a home without sites and mail, and of each directory below its ``web``."""


class UnwantedError(Exception):
    """Nobody waits for the answer any more."""


@reading("tree size")
def size_now(host: Host, path: str) -> int:
    """Bytes that a directory takes with all that is in it; 0 where there is none."""
    with _patience() as wanted:
        return dict(_sizes(host, path, 0, wanted)).get(b".", 0)


@reading("home size")
def home_now(host: Host, account: str) -> Home:
    """As home, for a caller who waits; ServiceFailed when that takes too long."""
    with _patience() as wanted:
        return home(host, account, wanted)


@contextmanager
def _patience() -> Iterator[Wanted]:
    deadline = time.monotonic() + PATIENCE
    if not _AT_ONCE.acquire(timeout=PATIENCE):
        raise ServiceFailed("too much is being measured already")
    try:
        yield lambda: time.monotonic() < deadline
    except UnwantedError:
        raise ServiceFailed("there are too many files to wait for; they are measured in the background") from None
    finally:
        _AT_ONCE.release()


def home(host: Host, account: str, wanted: Wanted) -> Home:
    """Measure a home; UnwantedError when the answer is not wanted any more."""
    total, sites, mail = 0, {}, 0
    for name, taken in _sizes(host, f"/home/{account}", 2, wanted):
        if name == b".":
            total = taken
        elif name == b"./mail":
            mail = taken
        elif name.startswith(b"./web/"):
            with suppress(UnicodeDecodeError):
                sites[name.removeprefix(b"./web/").decode()] = taken
    return total - mail - sum(sites.values()), sites


def _sizes(host: Host, path: str, depth: int, wanted: Wanted) -> Iterator[tuple[bytes, int]]:
    """What du prints for a directory and those below it, which come first: names that begin with a dot, and bytes."""
    with ExitStack() as stack:
        try:
            directory = stack.enter_context(paths.directory(host.tree.root, path))
        except (FileNotFoundError, NotADirectoryError):
            return
        name = b""
        for entry in stack.enter_context(_du(directory, depth, wanted)):
            taken, _, name = entry.partition(b"\t")
            yield name, int(taken)
        if name != b".":
            raise ServiceFailed("du did not come to an end")


@contextmanager
def _du(directory: int, depth: int, wanted: Wanted) -> Iterator[Iterator[bytes]]:
    argv, place = (*_DU, f"--max-depth={depth}", "."), f"/proc/self/fd/{directory}"
    try:
        process = subprocess.Popen(
            argv, cwd=place, env=_ENVIRONMENT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, pass_fds=(directory,)
        )
    except OSError as error:
        raise ServiceFailed(f"du could not be run: {error.strerror}") from error
    with process:
        try:
            yield _entries(process, wanted)
        finally:
            process.kill()


def _entries(process: subprocess.Popen[bytes], wanted: Wanted) -> Iterator[bytes]:
    """What a process prints, up to each NUL; an account may have made very many of these."""
    assert process.stdout is not None
    left = b""
    with selectors.DefaultSelector() as selector:
        selector.register(process.stdout, selectors.EVENT_READ)
        while True:
            if not wanted():
                raise UnwantedError
            if not selector.select(_LOOK):
                continue
            data = os.read(process.stdout.fileno(), 65536)
            if not data:
                break
            *entries, left = (left + data).split(b"\0")
            yield from entries
