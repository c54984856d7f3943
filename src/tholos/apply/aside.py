"""Names of ours beside what we change: the new version before it is there, the old one until the commit.

Taking back is then a rename, which needs no room on a full disk. The names begin with a dot, so no service's ``*.conf``
finds them (glob(7)), and have a fixed length, so that they fit wherever the name itself does.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import stat
from contextlib import suppress

from tholos.apply import paths

MARK = ".tholos-"
"""How every name of ours begins; between two batches no such name is left but what waits for its purge."""


def new_name(name: str) -> str:
    """Where the new version of a file is made before it takes its place in one rename."""
    return f"{MARK}new.{_digest(name)}"


def kept_name(name: str, batch: str) -> str:
    """Where the old version waits until the batch is committed."""
    return f"{MARK}old.{batch}.{_digest(name)}"


def kept_path(path: str, batch: str) -> str:
    """As kept_name, for a whole path."""
    above, _, name = path.rpartition("/")
    return f"{above}/{kept_name(name, batch)}"


def _digest(name: str) -> str:
    return hashlib.blake2b(os.fsencode(name), digest_size=8).hexdigest()


def keep(directory: int, name: str, batch: str) -> None:
    """Give a file or link a second name before something else takes its first; the earliest version counts."""
    with suppress(FileNotFoundError, FileExistsError):
        os.link(name, kept_name(name, batch), src_dir_fd=directory, dst_dir_fd=directory, follow_symlinks=False)


def move(directory: int, name: str, batch: str) -> None:
    """Move a file, link or directory aside; nothing happens when it does not exist."""
    with suppress(FileNotFoundError):
        os.rename(name, kept_name(name, batch), src_dir_fd=directory, dst_dir_fd=directory)


def put_back(root: int, path: str, kept: str) -> None:
    """Bring back what was kept or moved; nothing happens when there is nothing, because then it never left."""
    with suppress(FileNotFoundError), paths.parent(root, path) as (directory, name):
        second = kept.rpartition("/")[2]
        if stat.S_ISDIR(os.stat(second, dir_fd=directory, follow_symlinks=False).st_mode):
            # A later step of the batch may have made something in the place of the tree; rename(2) does not replace it.
            purge(root, path)
        os.rename(second, name, src_dir_fd=directory, dst_dir_fd=directory)
        # While both are names of one file, rename(2) leaves both: the new version had not come yet.
        os.unlink(second, dir_fd=directory)


def forget(root: int, path: str) -> None:
    """Unlink a file or link if it is there; a directory is none of ours."""
    with suppress(FileNotFoundError, IsADirectoryError), paths.parent(root, path) as (directory, name):
        os.unlink(name, dir_fd=directory)


def purge(root: int, path: str) -> None:
    """Delete a tree for good; it may hold what an account made, so nothing in it is followed (openat(2) all the way).

    Directories inside are moved to the top before they are emptied: a tree of any depth needs two descriptors.
    """
    if not _is_there(root, path):
        return
    with paths.parent(root, path) as (above, name):
        if stat.S_ISDIR(os.stat(name, dir_fd=above, follow_symlinks=False).st_mode):
            with paths.directory(root, path) as top:
                _empty(top)
            os.rmdir(name, dir_fd=above)
        else:
            os.unlink(name, dir_fd=above)


def _is_there(root: int, path: str) -> bool:
    """Tell whether a tree still waits; where its directory went with another tree, it was purged with that."""
    try:
        return paths.status(root, path) is not None
    except NotADirectoryError:
        return False


def _empty(top: int) -> None:
    # The names that directories are moved to must not be guessed by an account that would like to be in the way.
    token, number = secrets.token_hex(8), 0
    waiting = _clear(top)
    while waiting:
        name = waiting.pop()
        below = os.open(name, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=top)
        try:
            for inner in _clear(below):
                number += 1
                raised = f"{MARK}{token}.{number}"
                os.rename(inner, raised, src_dir_fd=below, dst_dir_fd=top)
                waiting.append(raised)
        finally:
            os.close(below)
        os.rmdir(name, dir_fd=top)


def _clear(directory: int) -> list[str]:
    """Unlink everything in a directory but directories; give the names of those."""
    with os.scandir(directory) as found:
        entries = [(entry.name, entry.is_dir(follow_symlinks=False)) for entry in found]
    for name, is_directory in entries:
        if not is_directory:
            os.unlink(name, dir_fd=directory)
    return [name for name, is_directory in entries if is_directory]
