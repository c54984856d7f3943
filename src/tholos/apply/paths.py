"""Path handling for a root process in directories that others may write: every component is opened, no link followed.

All functions take a descriptor of the tree's root and an absolute path inside it (``/`` for a real machine, a
directory for a rehearsal). They raise OSError (ELOOP, ENOTDIR) where a component is a symbolic link. See openat(2).
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress

_DIRECTORY = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


def components(path: str) -> tuple[str, ...]:
    """Split an absolute path; raise ValueError when it is relative or has a ``..``."""
    first, *parts = path.split("/")
    if first or ".." in parts or "\0" in path:
        raise ValueError(f"not a plain absolute path: {path!r}")
    return tuple(part for part in parts if part not in ("", "."))


@contextmanager
def parent(root: int, path: str, *, create: bool = False) -> Iterator[tuple[int, str]]:
    """Open the directory that holds ``path``; give its descriptor and the last component.

    With ``create`` missing directories are made (0755, owned by the caller).
    """
    *above, name = components(path)
    descriptor = os.dup(root)
    try:
        for part in above:
            below = _enter(descriptor, part, path, create=create)
            os.close(descriptor)
            descriptor = below
        yield descriptor, name
    finally:
        os.close(descriptor)


def _enter(descriptor: int, part: str, path: str, *, create: bool) -> int:
    if create:
        with suppress(FileExistsError):
            os.mkdir(part, 0o755, dir_fd=descriptor)
    try:
        return os.open(part, _DIRECTORY, dir_fd=descriptor)
    except OSError as error:
        # The whole path tells an administrator more than the component that the call was about.
        raise OSError(error.errno, error.strerror, path) from error


@contextmanager
def directory(root: int, path: str) -> Iterator[int]:
    """Open a directory itself; give its descriptor."""
    with parent(root, path) as (above, name):
        descriptor = _enter(above, name, path, create=False)
        try:
            yield descriptor
        finally:
            os.close(descriptor)


def missing(root: int, path: str) -> tuple[str, ...]:
    """The directories above ``path`` that do not exist, the outermost first."""
    above = path.rpartition("/")[0]
    if not above or status(root, above) is not None:
        return ()
    return (*missing(root, above), above)


def read(root: int, path: str, most: int = -1) -> tuple[bytes, os.stat_result] | None:
    """Read a regular file without following links, all of it or ``most`` bytes; None when there is none.

    Whoever reads what an account may change says how much: it can grow meanwhile, whatever its size was.
    """
    try:
        with parent(root, path) as (directory, name):
            descriptor = os.open(name, _FILE, dir_fd=directory)
    except FileNotFoundError:
        return None
    with os.fdopen(descriptor, "rb") as file:
        found = os.fstat(file.fileno())
        return (file.read(most), found) if stat.S_ISREG(found.st_mode) else None


def tail(root: int, path: str, most: int) -> bytes:
    """The last whole lines of a regular file, ``most`` bytes at most; nothing where there is none."""
    try:
        with parent(root, path) as (directory, name):
            descriptor = os.open(name, _FILE, dir_fd=directory)
    except FileNotFoundError:
        return b""
    with os.fdopen(descriptor, "rb") as file:
        found = os.fstat(file.fileno())
        if not stat.S_ISREG(found.st_mode):
            return b""
        file.seek(max(0, found.st_size - most))
        data = file.read(most)
    return data if len(data) == found.st_size else data.partition(b"\n")[2]


def status(root: int, path: str) -> os.stat_result | None:
    """lstat(2) of a path whose directories are no links; None when it does not exist."""
    try:
        with parent(root, path) as (directory, name):
            return os.stat(name, dir_fd=directory, follow_symlinks=False)
    except FileNotFoundError:
        return None


def link_target(root: int, path: str) -> str | None:
    """Where a symbolic link points; None when there is nothing or something else."""
    try:
        with parent(root, path) as (directory, name):
            return os.readlink(name, dir_fd=directory)
    except OSError:
        return None
