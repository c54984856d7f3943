"""Trees that an account filled: moving them, and giving them to another account.

Nothing in such a tree is followed: directories are opened one by one from the top (openat(2)), and of a link it is the
link itself that changes hands (fchownat(2)).
"""

from __future__ import annotations

import errno
import os
import stat
from contextlib import suppress

from tholos.apply import paths
from tholos.apply.files import Tree

DEEPEST = 200
"""How many directories may lie in one another in a tree that changes hands: each is open while those in it are."""
_DIRECTORY = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC


def move(tree: Tree, path: str, target: str) -> None:
    """Rename what is at ``path``; FileExistsError when something is at the target already."""
    if paths.status(tree.root, target) is not None:
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), target)
    with paths.parent(tree.root, path) as (above, name), paths.parent(tree.root, target, create=True) as (below, new):
        os.rename(name, new, src_dir_fd=above, dst_dir_fd=below)


def move_back(tree: Tree, path: str, target: str) -> None:
    """Take a move back; nothing happens when it never was."""
    with suppress(FileNotFoundError, FileExistsError):
        move(tree, target, path)


def give(tree: Tree, path: str, before: int, after: int) -> None:
    """Give what belongs to one account to another: its entries, and those that have its group."""
    if not tree.owners:
        return
    with suppress(FileNotFoundError), paths.parent(tree.root, path) as (above, name):
        _give(above, name, before, after, path, DEEPEST)


def _give(above: int, name: str, before: int, after: int, path: str, left: int) -> None:
    found = os.stat(name, dir_fd=above, follow_symlinks=False)
    if stat.S_ISDIR(found.st_mode):
        if left == 0:
            raise OSError(errno.ENAMETOOLONG, "too many directories in one another", path)
        below = os.open(name, _DIRECTORY, dir_fd=above)
        try:
            for inner in os.listdir(below):  # noqa: PTH208 - of a descriptor
                _give(below, inner, before, after, path, left - 1)
        finally:
            os.close(below)
    owner, group = (after if number == before else -1 for number in (found.st_uid, found.st_gid))
    if (owner, group) != (-1, -1):
        os.chown(name, owner, group, dir_fd=above, follow_symlinks=False)
