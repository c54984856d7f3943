"""Undo: what brings back what a step is about to change, as plain values that fit into the journal.

An undo is computed before its step touches anything and may be carried out more than once with the same result.
"""

from __future__ import annotations

import os
import stat
from contextlib import suppress

import msgspec

from tholos.apply import files, paths
from tholos.apply.files import Tree
from tholos.apply.steps import Change, Directory, Discard, Line, Link, Remove, Run, Write


class Restore(msgspec.Struct, frozen=True, tag=True):
    """Bring back a file (content) or a link (target), or nothing when both are None."""

    path: str
    content: bytes | None = None
    target: str | None = None
    mode: int = 0o644
    owner: int = 0
    group: int = 0


class RestoreDirectory(msgspec.Struct, frozen=True, tag=True):
    """Give a directory back its mode and owner, or remove it (if empty) when it was not there (mode None)."""

    path: str
    mode: int | None = None
    owner: int = 0
    group: int = 0


class MoveBack(msgspec.Struct, frozen=True, tag=True):
    """Bring back what was moved aside."""

    source: str
    target: str


class RestoreLine(msgspec.Struct, frozen=True, tag=True):
    """Bring back a line of a file, or its absence."""

    path: str
    key: str
    text: str | None


class RunBack(msgspec.Struct, frozen=True, tag=True):
    """Run the command that takes another one back."""

    argv: tuple[str, ...]


Undo = Restore | RestoreDirectory | MoveBack | RestoreLine | RunBack


def undo_of(tree: Tree, step: Change, batch: str) -> Undo | None:
    """What takes ``step`` back; None when the step can leave nothing behind."""
    if isinstance(step, Write | Remove | Link):
        return _restore(tree, step.path)
    if isinstance(step, Directory):
        found = paths.status(tree.root, step.path)
        if found is None:
            return RestoreDirectory(step.path)
        return RestoreDirectory(step.path, stat.S_IMODE(found.st_mode), found.st_uid, found.st_gid)
    if isinstance(step, Discard):
        return MoveBack(files.trash_path(step.path, batch), step.path)
    if isinstance(step, Line):
        return RestoreLine(step.path, step.key, files.current_line(tree, step.path, step.key))
    return RunBack(step.undo) if isinstance(step, Run) and step.undo else None


def _restore(tree: Tree, path: str) -> Restore:
    found = paths.status(tree.root, path)
    if found is None:
        return Restore(path)
    if stat.S_ISLNK(found.st_mode):
        return Restore(path, target=paths.link_target(tree.root, path))
    present = paths.read(tree.root, path)
    content = present[0] if present is not None else b""
    return Restore(path, content, None, stat.S_IMODE(found.st_mode), found.st_uid, found.st_gid)


def carry_out(tree: Tree, undo: Undo) -> None:
    """Carry out an undo on files; RunBack is the host's to run and does nothing here."""
    if isinstance(undo, Restore):
        _bring_back(tree, undo)
    elif isinstance(undo, RestoreDirectory):
        _bring_back_directory(tree, undo)
    elif isinstance(undo, MoveBack):
        files.move(tree, undo.source, undo.target)
    elif isinstance(undo, RestoreLine):
        files.set_lines(tree, undo.path, {undo.key: undo.text})


def _bring_back(tree: Tree, undo: Restore) -> None:
    if undo.content is not None:
        files.write(tree, Write(undo.path, undo.content, undo.mode, undo.owner, undo.group))
    elif undo.target is not None:
        files.link(tree, Link(undo.path, undo.target))
    else:
        with suppress(FileNotFoundError):
            files.remove(tree, Remove(undo.path))
    with suppress(FileNotFoundError), paths.parent(tree.root, undo.path) as (directory, name):
        os.unlink(name[:200] + files.TEMPORARY, dir_fd=directory)


def _bring_back_directory(tree: Tree, undo: RestoreDirectory) -> None:
    if undo.mode is not None:
        with suppress(FileNotFoundError), paths.directory(tree.root, undo.path) as descriptor:
            tree.own(descriptor, undo.owner, undo.group)
            os.fchmod(descriptor, undo.mode)
        return
    with suppress(OSError), paths.parent(tree.root, undo.path) as (directory, name):
        os.rmdir(name, dir_fd=directory)
