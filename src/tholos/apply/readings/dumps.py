"""Files that somebody wants to be loaded: opened without following links, and only where they are the caller's own."""

from __future__ import annotations

import os
import stat
from contextlib import suppress

from tholos.apply import paths
from tholos.apply.host import Host
from tholos.apply.machine import reading

_OTHERS = 0o022


def open_dump(host: Host, path: str, home: str, uid: int, *, as_root: bool) -> int:
    """A descriptor of a regular file; raise OSError or ValueError where there is none that may be read.

    It lies in the home of an account and is the account's own (``uid``); or, for root, it is root's own and nobody else
    may have changed it.
    """
    with paths.parent(host.tree.root, path) as (directory, name):
        file = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=directory)
    try:
        found = os.fstat(file)
        if not stat.S_ISREG(found.st_mode) or not (
            _is_in(host, path, home, uid, found) or (as_root and _is_roots(found))
        ):
            raise PermissionError(f"{path} is no file of the caller's own")
    except BaseException:
        os.close(file)
        raise
    return file


def _is_in(host: Host, path: str, home: str, uid: int, found: os.stat_result) -> bool:
    # A rehearsal's files have no owners.
    return path.startswith(f"{home}/") and (host.rehearse or found.st_uid == uid)


def _is_roots(found: os.stat_result) -> bool:
    return found.st_uid == os.geteuid() and not found.st_mode & _OTHERS


@reading("dump file")
def is_dump_file(host: Host, path: str, home: str, uid: str, who: str) -> bool:
    """Tell whether a file can be loaded for somebody; ``who`` is ``root`` for root's own call."""
    with suppress(OSError, ValueError):
        os.close(open_dump(host, path, home, int(uid), as_root=who == "root"))
        return True
    return False
