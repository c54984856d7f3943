"""Changing files on a machine: each function looks first, and does nothing where all is as asked.

A ``Tree`` is a directory's descriptor and whether ownership can be changed in it (not in a rehearsal).
"""

from __future__ import annotations

import os
import shutil
import stat
from contextlib import suppress
from dataclasses import dataclass

from tholos.apply import acl, paths
from tholos.apply.steps import Directory, Discard, Line, Link, Remove, Write

TEMPORARY = ".tholos-new"
TRASH = ".tholos-trash"


@dataclass(frozen=True)
class Tree:
    """Where files are changed: the root's descriptor, and whether owners and access lists are set there."""

    root: int
    owners: bool = True

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
    present = paths.read(tree.root, step.path)
    return present is not None and present[0] == step.content


def write(tree: Tree, step: Write) -> None:
    """Replace the file in one rename, after its content has reached the disk."""
    with paths.parent(tree.root, step.path, create=True) as (directory, name):
        temporary = name[:200] + TEMPORARY
        with suppress(FileNotFoundError):
            os.unlink(temporary, dir_fd=directory)
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
        with os.fdopen(os.open(temporary, flags, 0o600, dir_fd=directory), "wb") as file:
            file.write(step.content)
            file.flush()
            tree.own(file.fileno(), step.owner, step.group)
            os.fchmod(file.fileno(), step.mode)
            os.fsync(file.fileno())
        os.rename(temporary, name, src_dir_fd=directory, dst_dir_fd=directory)


def is_removed(tree: Tree, step: Remove) -> bool:
    """Tell whether nothing is there."""
    return paths.status(tree.root, step.path) is None


def remove(tree: Tree, step: Remove) -> None:
    """Unlink a file or a link."""
    with paths.parent(tree.root, step.path) as (directory, name):
        os.unlink(name, dir_fd=directory)


def is_linked(tree: Tree, step: Link) -> bool:
    """Tell whether the link is there and points where it should."""
    return paths.link_target(tree.root, step.path) == step.target


def link(tree: Tree, step: Link) -> None:
    """Make or replace a symbolic link in one rename."""
    with paths.parent(tree.root, step.path, create=True) as (directory, name):
        temporary = name[:200] + TEMPORARY
        with suppress(FileNotFoundError):
            os.unlink(temporary, dir_fd=directory)
        os.symlink(step.target, temporary, dir_fd=directory)
        os.rename(temporary, name, src_dir_fd=directory, dst_dir_fd=directory)


def is_directory(tree: Tree, step: Directory) -> bool:
    """Tell whether the directory is there with owner, mode and access list as asked."""
    try:
        with paths.directory(tree.root, step.path) as descriptor:
            found = os.fstat(descriptor)
            if not tree.owners:
                return step.acl is not None or stat.S_IMODE(found.st_mode) == step.mode
            same = (found.st_uid, found.st_gid) == (step.owner, step.group)
            if step.acl is None:
                same = same and stat.S_IMODE(found.st_mode) == step.mode
            return same and acl.has_acl(descriptor, step.mode, step.acl)
    except FileNotFoundError:
        return False


def make_directory(tree: Tree, step: Directory) -> None:
    """Make the directory, or give an existing one the owner, mode and access list asked for."""
    with paths.parent(tree.root, step.path, create=True) as (above, name), suppress(FileExistsError):
        os.mkdir(name, 0o700, dir_fd=above)
    with paths.directory(tree.root, step.path) as descriptor:
        tree.own(descriptor, step.owner, step.group)
        if tree.owners:
            acl.set_acl(descriptor, step.mode, None)
        os.fchmod(descriptor, step.mode)
        if tree.owners and step.acl is not None:
            acl.set_acl(descriptor, step.mode, step.acl)


def trash_path(path: str, batch: str) -> str:
    """Where a discarded path waits for its purge: beside it, so that the move is one rename."""
    above, _, name = path.rpartition("/")
    return f"{above}/{TRASH}/{batch}.{name}"


def move(tree: Tree, source: str, target: str) -> None:
    """Rename a path; nothing happens when the source does not exist."""
    with suppress(FileNotFoundError), paths.parent(tree.root, source) as (from_directory, from_name):
        os.stat(from_name, dir_fd=from_directory, follow_symlinks=False)
        with paths.parent(tree.root, target, create=True) as (to_directory, to_name):
            os.rename(from_name, to_name, src_dir_fd=from_directory, dst_dir_fd=to_directory)


def is_discarded(tree: Tree, step: Discard) -> bool:
    """Tell whether nothing is there."""
    return paths.status(tree.root, step.path) is None


def line_of(content: bytes, key: str) -> tuple[int, int]:
    """Start and end of the line whose first field is ``key``; both are the content's length when there is none."""
    prefix = key.encode() + b":"
    start = 0 if content.startswith(prefix) else content.find(b"\n" + prefix) + 1
    if start == 0 and not content.startswith(prefix):
        return len(content), len(content)
    end = content.find(b"\n", start)
    return start, len(content) if end < 0 else end + 1


def current_line(tree: Tree, path: str, key: str) -> str | None:
    """The line of a file that begins with ``key:``, without its newline; None when there is none."""
    found = paths.read(tree.root, path)
    if found is None:
        return None
    start, end = line_of(found[0], key)
    return found[0][start:end].rstrip(b"\n").decode() if end > start else None


def has_line(tree: Tree, step: Line) -> bool:
    """Tell whether the file has exactly this line, or none when none is wanted."""
    return current_line(tree, step.path, step.key) == step.text


def set_lines(tree: Tree, path: str, lines: dict[str, str | None]) -> None:
    """Put, replace or take away lines by their first field, in one rewrite that keeps owner and mode."""
    found = paths.read(tree.root, path)
    content, status = found if found is not None else (b"", None)
    for key, text in lines.items():
        start, end = line_of(content, key)
        content = content[:start] + (b"" if text is None else text.encode() + b"\n") + content[end:]
    mode = stat.S_IMODE(status.st_mode) if status else 0o644
    owner, group = (status.st_uid, status.st_gid) if status else (0, 0)
    write(tree, Write(path, content, mode, owner, group))


def purge(tree: Tree, path: str) -> None:
    """Delete a tree for good; it may hold what an account made, so nothing in it is followed (openat(2) all the way)."""
    with suppress(FileNotFoundError), paths.parent(tree.root, path) as (directory, name):
        found = os.stat(name, dir_fd=directory, follow_symlinks=False)
        if stat.S_ISDIR(found.st_mode):
            shutil.rmtree(name, dir_fd=directory)
        else:
            os.unlink(name, dir_fd=directory)
