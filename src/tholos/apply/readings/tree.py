"""Finding files in an account's home by their names, without following a link out of it (find(1))."""

from __future__ import annotations

import fnmatch
import grp
import os
import pwd
import re
import stat
import threading
import time
from contextlib import suppress
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

from tholos.apply import paths
from tholos.apply.host import Host
from tholos.apply.machine import reading
from tholos.apply.turns import turn
from tholos.kernel.errors import Unreadable

MOST = 10_000
PATIENCE = 10.0
"""How many files are found at most, and for how many seconds is searched."""
DEEPEST = 128
"""Directories inside of each other that are opened; an account may have made a tree of any depth."""
WAIT = 30.0
"""Seconds that a search waits for its turn."""
_AT_ONCE = threading.BoundedSemaphore(2)
"""How many searches go on side by side: each takes the interpreter from everybody else."""
_DIRECTORY = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_KINDS = {stat.S_IFREG: "f", stat.S_IFDIR: "d", stat.S_IFLNK: "l", stat.S_IFSOCK: "s", stat.S_IFIFO: "p"}
_now = time.monotonic


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
    """The files below a directory whose names match, or some of them where there are too many.

    Unreadable where there is no such directory; ServiceFailed when too many search already.
    """
    with turn(_AT_ONCE, WAIT, "searches go on"):
        try:
            with paths.directory(host.tree.root, directory) as top:
                search = _Search(pattern)
                search.below(top, "", DEEPEST)
                return tuple(sorted(search.found, key=lambda entry: entry.path))
        except OSError as error:
            raise Unreadable(f"path {directory} can't be used :: {error.strerror}", argument="path") from error


class _Search:
    """One search: it ends in the middle of a directory too, because an account may have millions of files in one."""

    def __init__(self, pattern: str) -> None:
        self._matches = re.compile(fnmatch.translate(pattern)).match
        self._deadline = _now() + PATIENCE
        self.found: list[Entry] = []

    def below(self, directory: int, above: str, depth: int) -> None:
        """Search an open directory, and those in it to this depth; ``above`` is its path with a slash at the end."""
        with os.scandir(directory) as entries:
            for entry in entries:
                if len(self.found) >= MOST or _now() > self._deadline:
                    return
                # What is gone by now, or may not be opened, was not found.
                with suppress(OSError):
                    self._look(entry, directory, above, depth)

    def _look(self, entry: os.DirEntry[str], directory: int, above: str, depth: int) -> None:
        if self._matches(entry.name):
            self.found.append(_entry(entry.stat(follow_symlinks=False), above + entry.name))
        if depth > 1 and entry.is_dir(follow_symlinks=False):
            inner = os.open(entry.name, _DIRECTORY, dir_fd=directory)
            try:
                self.below(inner, f"{above}{entry.name}/", depth - 1)
            finally:
                os.close(inner)


def _entry(status: os.stat_result, path: str) -> Entry:
    return Entry(
        kind=_KINDS.get(stat.S_IFMT(status.st_mode), "?"),
        mode=stat.S_IMODE(status.st_mode),
        modified=datetime.fromtimestamp(int(status.st_mtime)),
        owner=_user(status.st_uid),
        group=_group(status.st_gid),
        size=status.st_size,
        path=path,
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
