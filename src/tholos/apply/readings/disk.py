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
from collections.abc import Callable, Iterator
from contextlib import suppress

from tholos.apply import paths
from tholos.apply.host import Host
from tholos.apply.machine import reading
from tholos.kernel.errors import ServiceFailed

_IDLE = ("nice", "-n", "19", "ionice", "-c", "3", "-t")
_DU = (*_IDLE, "du", "--null", "--block-size=1", "--one-file-system")
_ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LC_ALL": "C"}
_AT_ONCE = threading.Semaphore(2)
"""How many trees are measured at the same time at most, whoever asks."""
_LOOK = 0.5
"""Seconds after which is looked whether the answer is still wanted."""
Wanted = Callable[[], bool]


class UnwantedError(Exception):
    """Nobody waits for the answer any more."""


def _always() -> bool:
    return True


@reading("tree size")
def size(host: Host, path: str, wanted: Wanted = _always) -> int:
    """Bytes that a directory takes with all that is in it; 0 where there is none."""
    return dict(_sizes(host, path, 0, wanted)).get(b".", 0)


@reading("home size")
def home(host: Host, account: str, wanted: Wanted = _always) -> tuple[int, dict[str, int]]:
    """Bytes of a home without sites and mail, and of each directory below its ``web``."""
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
    """What du prints for a directory and those below it: names that begin with a dot, and bytes."""
    with _AT_ONCE, suppress(FileNotFoundError, NotADirectoryError), paths.directory(host.tree.root, path) as directory:
        argv = (*_DU, f"--max-depth={depth}", ".")
        place = f"/proc/self/fd/{directory}"
        with subprocess.Popen(
            argv, cwd=place, env=_ENVIRONMENT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, pass_fds=(directory,)
        ) as process:
            try:
                yield from map(_parsed, _entries(process, wanted))
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
    if process.wait() < 0 or left:
        raise ServiceFailed("du was stopped")


def _parsed(entry: bytes) -> tuple[bytes, int]:
    taken, _, name = entry.partition(b"\t")
    return name, int(taken)
