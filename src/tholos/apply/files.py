"""Changing files on a machine: a function that looks whether a step is done, and one that does it, for each kind.

A ``Tree`` is a directory's descriptor and whether ownership can be changed in it (not in a rehearsal). What a change
replaces or removes is kept aside under the batch's name (``aside.py``).
"""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from dataclasses import dataclass

from tholos.apply import acl, aside, paths
from tholos.apply.steps import Directory, Discard, Link, Remove, Write

_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC


@dataclass(frozen=True)
class Tree:
    """Where files are changed: the root's descriptor, and whether owners and access lists are set there."""

    root: int
    owners: bool = True

    def mode(self, mode: int) -> int:
        """The mode that a directory really gets: a rehearsal's user is no root and must be able to write in it."""
        return mode if self.owners else mode | 0o700

    def own(self, descriptor: int, owner: int, group: int) -> None:
        """Set an open file's owner and group."""
        if self.owners:
            os.fchown(descriptor, owner, group)


def is_written(tree: Tree, step: Write) -> bool:
    """Tell whether the file is there as asked."""
    found = paths.status(tree.root, step.path)
    if found is None:
        return False
    if step.keep:
        return True
    if not stat.S_ISREG(found.st_mode) or stat.S_IMODE(found.st_mode) != step.mode:
        return False
    if tree.owners and (found.st_uid, found.st_gid) != (step.owner, step.group):
        return False
    if found.st_size != len(step.content):
        return False
    present = paths.read(tree.root, step.path, len(step.content) + 1)
    return present is not None and present[0] == step.content


def write(tree: Tree, step: Write, batch: str) -> None:
    """Replace the file in one rename; the old one is kept aside, and ``sync`` brings the new content to the disk."""
    with paths.parent(tree.root, step.path, create=True) as (directory, name):
        new = aside.new_name(name)
        with suppress(FileNotFoundError):
            os.unlink(new, dir_fd=directory)
        with os.fdopen(os.open(new, _NEW, 0o600, dir_fd=directory), "wb") as file:
            file.write(step.content)
            tree.own(file.fileno(), step.owner, step.group)
            os.fchmod(file.fileno(), step.mode)
        aside.keep(directory, name, batch)
        os.rename(new, name, src_dir_fd=directory, dst_dir_fd=directory)


def sync(tree: Tree, path: str) -> None:
    """Wait until a file's content is on the disk; nothing happens when it is no longer there."""
    with suppress(FileNotFoundError), paths.parent(tree.root, path) as (directory, name):
        descriptor = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=directory)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def is_absent(tree: Tree, step: Remove | Discard) -> bool:
    """Tell whether nothing is there."""
    return paths.status(tree.root, step.path) is None


def set_aside(tree: Tree, step: Remove | Discard, batch: str) -> None:
    """Move what is there out of the way; nothing happens when there is nothing."""
    with suppress(FileNotFoundError), paths.parent(tree.root, step.path) as (directory, name):
        aside.move(directory, name, batch)


def is_linked(tree: Tree, step: Link) -> bool:
    """Tell whether the link is there and points where it should."""
    return paths.link_target(tree.root, step.path) == step.target


def link(tree: Tree, step: Link, batch: str) -> None:
    """Make or replace a symbolic link in one rename; what it replaces is kept aside."""
    with paths.parent(tree.root, step.path, create=True) as (directory, name):
        new = aside.new_name(name)
        with suppress(FileNotFoundError):
            os.unlink(new, dir_fd=directory)
        os.symlink(step.target, new, dir_fd=directory)
        aside.keep(directory, name, batch)
        os.rename(new, name, src_dir_fd=directory, dst_dir_fd=directory)


def is_directory(tree: Tree, step: Directory, *, again: bool = False) -> bool:
    """Tell whether the directory is there as asked; one to keep counts as it is, unless all is made ``again``."""
    found = paths.status(tree.root, step.path)
    if found is None:
        return False
    if step.keep and not (again and stat.S_ISDIR(found.st_mode)):
        return True
    with paths.directory(tree.root, step.path) as descriptor:
        return _is_as_asked(tree, step, descriptor)


def _is_as_asked(tree: Tree, step: Directory, descriptor: int) -> bool:
    found = os.fstat(descriptor)
    same_mode = step.acl is not None or stat.S_IMODE(found.st_mode) == tree.mode(step.mode)
    if not tree.owners:
        return same_mode
    same_owner = (found.st_uid, found.st_gid) == (step.owner, step.group)
    return same_mode and same_owner and acl.has_acl(descriptor, step.mode, step.acl)


def make_directory(tree: Tree, step: Directory) -> None:
    """Make the directory, or give an existing one the owner, mode and access list asked for."""
    with paths.parent(tree.root, step.path, create=True) as (above, name), suppress(FileExistsError):
        os.mkdir(name, 0o700, dir_fd=above)
    with paths.directory(tree.root, step.path) as descriptor:
        tree.own(descriptor, step.owner, step.group)
        if tree.owners:
            acl.set_acl(descriptor, None)
        os.fchmod(descriptor, tree.mode(step.mode))
        if tree.owners and step.acl is not None:
            acl.set_acl(descriptor, acl.encode(step.mode, step.acl))
