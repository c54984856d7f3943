"""The dumps that the engine has written into the place of backups, and which of them are kept.

They belong to root, so no account's quota counts them: without an end an account could fill the disk of everybody.
"""

from __future__ import annotations

import os
import re
from collections import defaultdict
from collections.abc import Collection, Iterator
from contextlib import suppress
from typing import NamedTuple

from tholos.apply.readings import databases
from tholos.jobs.databases.logins import Place
from tholos.jobs.run import Run
from tholos.kernel.errors import DiskFull

KEPT = 5
"""How many dumps of a database are kept, and how many of all databases together that an account has no more."""
_NAME = re.compile(r"(?P<database>.+)_(?:mysql|pgsql)_(?P<at>\d{4}-\d\d-\d\d_\d\d-\d\d-\d\d)\.sql(?:\.gz|\.zst)?")


class Kept(NamedTuple):
    """A dump in the directory: when it was made, the file's name, and the database's."""

    at: str
    name: str
    database: str


def require_room(run: Run, place: Place, directory: int) -> None:
    """Raise DiskFull when the database takes more than is free: a disk that is full hurts everybody else first."""
    size = databases.size(run.host, place.server, place.name)
    found = os.fstatvfs(directory)
    free = found.f_bavail * found.f_frsize
    if free < size:
        raise DiskFull(f"{free >> 20} MB are free for the dump, and the database takes {size >> 20} MB")


def forget_oldest(run: Run, directory: int, account: str, group: int, present: Collection[str]) -> None:
    """Delete an account's dumps but the newest; ``present`` are the databases that it has."""
    found: defaultdict[str, list[Kept]] = defaultdict(list)
    for dump in _of_account(run, directory, account, group):
        # Deleting databases and making others must not be a way around.
        found[dump.database if dump.database in present else ""].append(dump)
    for dumps in found.values():
        for dump in sorted(dumps)[:-KEPT]:
            with suppress(FileNotFoundError):
                os.unlink(dump.name, dir_fd=directory)
            run.log(f"deleted {dump.name}, which was the oldest")


def _of_account(run: Run, directory: int, account: str, group: int) -> Iterator[Kept]:
    """The account's dumps: their group tells whose they are, and what somebody else put there stays."""
    with os.scandir(directory) as entries:
        for entry in entries:
            name = _NAME.fullmatch(entry.name)
            if name is None or not entry.is_file(follow_symlinks=False):
                continue
            # A rehearsal's files have no owners.
            whose = name["database"].startswith(f"{account}_") if run.host.rehearse else _belongs(entry, group)
            if whose:
                yield Kept(name["at"], entry.name, name["database"])


def _belongs(entry: os.DirEntry[str], group: int) -> bool:
    status = entry.stat(follow_symlinks=False)
    return status.st_uid == 0 and status.st_gid == group
