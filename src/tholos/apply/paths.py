"""Path handling for a root process in directories that others may write: every component is opened, no link followed.

All functions take a descriptor of the tree's root and an absolute path inside it (``/`` for a real machine, a
directory for a rehearsal). They raise OSError (ELOOP, ENOTDIR) where a component is a symbolic link. See openat(2).
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import PurePosixPath

_DIRECTORY = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC


def components(path: str) -> tuple[str, ...]:
    """Split an absolute path; raise ValueError when it is relative or has a ``..``."""
    pure = PurePosixPath(path)
    if not pure.is_absolute() or ".." in pure.parts or "\0" in path:
        raise ValueError(f"not a plain absolute path: {path!r}")
    return pure.parts[1:]


@contextmanager
def parent(root: int, path: str, *, create: bool = False) -> Iterator[tuple[int, str]]:
    """Open the directory that holds ``path``; give its descriptor and the last component.

    With ``create`` missing directories are made (0755, owned by the caller).
    """
    *above, name = components(path)
    descriptor = os.dup(root)
    try:
        for part in above:
            below = _enter(descriptor, part, create=create)
            os.close(descriptor)
            descriptor = below
        yield descriptor, name
    finally:
        os.close(descriptor)


@contextmanager
def directory(root: int, path: str) -> Iterator[int]:
    """Open a directory itself; give its descriptor."""
    with parent(root, path) as (above, name):
        descriptor = os.open(name, _DIRECTORY, dir_fd=above)
        try:
            yield descriptor
        finally:
            os.close(descriptor)


def _enter(descriptor: int, part: str, *, create: bool) -> int:
    try:
        return os.open(part, _DIRECTORY, dir_fd=descriptor)
    except FileNotFoundError:
        if not create:
            raise
        with suppress(FileExistsError):
            os.mkdir(part, 0o755, dir_fd=descriptor)
        return os.open(part, _DIRECTORY, dir_fd=descriptor)


def read(root: int, path: str) -> tuple[bytes, os.stat_result] | None:
    """Read a regular file without following links; None when there is none."""
    try:
        with parent(root, path) as (directory, name):
            descriptor = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK, dir_fd=directory)
            with os.fdopen(descriptor, "rb") as file:
                return file.read(), os.fstat(file.fileno())
    except FileNotFoundError:
        return None


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
