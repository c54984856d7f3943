"""Finding files in an account's home by their names, without following a link out of it (find(1))."""

from __future__ import annotations

import fnmatch
import grp
import os
import pwd
import stat
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

from tholos.apply import paths
from tholos.apply.host import Host
from tholos.apply.machine import reading
from tholos.kernel.errors import Unreadable

MOST = 10_000
PATIENCE = 10.0
"""How many files are found at most, and for how many seconds is searched."""
_KINDS = {stat.S_IFREG: "f", stat.S_IFDIR: "d", stat.S_IFLNK: "l", stat.S_IFSOCK: "s", stat.S_IFIFO: "p"}


class Entry(NamedTuple):
    """A file: its kind as find(1) has it, mode, time, owner and group, size, and path below where was searched."""

    kind: str
    mode: int
    modified: datetime
    owner: str
    group: str
    size: int
    path: str

    def __str__(self) -> str:
        when = f"{self.modified:%Y-%m-%d|%H:%M}"
        return f"{self.kind}|{self.mode:o}|{when}|{self.owner}|{self.group}|{self.size}|{self.path}"


@reading("files")
def files(host: Host, directory: str, pattern: str) -> tuple[Entry, ...]:
    """The files below a directory whose names match; Unreadable where there is no such directory."""
    try:
        with paths.directory(host.tree.root, directory) as top:
            return tuple(sorted(_walk(top, pattern), key=lambda entry: entry.path)[:MOST])
    except OSError as error:
        raise Unreadable(f"path {directory} can't be used :: {error.strerror}", argument="path") from error


def _walk(top: int, pattern: str) -> Iterator[Entry]:
    deadline = time.monotonic() + PATIENCE
    found = 0
    for above, directories, names, descriptor in os.fwalk(".", dir_fd=top, follow_symlinks=False):
        for name in (*directories, *names):
            if fnmatch.fnmatchcase(name, pattern):
                with suppress(OSError):
                    yield _entry(os.stat(name, dir_fd=descriptor, follow_symlinks=False), above, name)
                    found += 1
        if found >= MOST or time.monotonic() > deadline:
            return


def _entry(status: os.stat_result, above: str, name: str) -> Entry:
    return Entry(
        kind=_KINDS.get(stat.S_IFMT(status.st_mode), "?"),
        mode=stat.S_IMODE(status.st_mode),
        modified=datetime.fromtimestamp(int(status.st_mtime)),
        owner=_user(status.st_uid),
        group=_group(status.st_gid),
        size=status.st_size,
        path=f"{above}/{name}".removeprefix("./"),
    )


@lru_cache(maxsize=64)
def _user(uid: int) -> str:
    with suppress(KeyError):
        return pwd.getpwuid(uid).pw_name
    return str(uid)


@lru_cache(maxsize=64)
def _group(gid: int) -> str:
    with suppress(KeyError):
        return grp.getgrgid(gid).gr_name
    return str(gid)
