"""Undo: what brings back what a step is about to change, as plain values that fit into the journal.

An undo is computed before its step touches anything, needs no room on the disk, and may be carried out more than once
with the same result.
"""

from __future__ import annotations

import os
import stat
from contextlib import suppress

import msgspec

from tholos.apply import acl, aside, paths, trees
from tholos.apply.files import Tree
from tholos.apply.steps import Change, Directory, Discard, Give, Member, Move, Noted, Run, Sql, Statement, Zone


class PutBack(msgspec.Struct, frozen=True, tag=True):
    """Bring back what waits at ``kept``; a ``tree`` is purged some time after the commit, anything else right then."""

    path: str
    kept: str
    tree: bool = False


class TakeAway(msgspec.Struct, frozen=True, tag=True):
    """Remove the file or link: there was none."""

    path: str


class RestoreDirectory(msgspec.Struct, frozen=True, tag=True):
    """Give a directory back its mode, owner and access list; with mode None there was none, so remove it if empty."""

    path: str
    mode: int | None = None
    owner: int = 0
    group: int = 0
    acl: bytes | None = None


class MoveBack(msgspec.Struct, frozen=True, tag=True):
    """Bring what was moved to ``target`` back to ``path``, unless it never left."""

    path: str
    target: str


class GiveBack(msgspec.Struct, frozen=True, tag=True):
    """Give a tree back to the account ``before``."""

    path: str
    before: int
    after: int


class RunBack(msgspec.Struct, frozen=True, tag=True):
    """Run the command that takes another one back."""

    argv: tuple[str, ...]
    creates: str = ""
    removes: str = ""


class ZoneBack(msgspec.Struct, frozen=True, tag=True):
    """Have the name server have a zone as it had it, or none with an empty configuration."""

    zone: str
    configuration: str


class SqlBack(msgspec.Struct, frozen=True, tag=True):
    """Run the statements that take another one back; ``removes`` names what that one had made."""

    server: str
    statements: tuple[Statement, ...]
    removes: str = ""


class MemberBack(msgspec.Struct, frozen=True, tag=True):
    """Have a zone be named in a catalog again, by the name that it had, or no longer."""

    catalog: str
    zone: str
    present: bool
    life: int = 0


Undo = PutBack | TakeAway | RestoreDirectory | MoveBack | GiveBack | RunBack | SqlBack | ZoneBack | MemberBack
OfServices = ZoneBack | MemberBack
"""What a service has of its own; it comes back after all files."""


def undo_of(tree: Tree, step: Change, batch: str) -> tuple[Undo, ...]:
    """What takes ``step`` back, to be carried out from the last to the first; empty when no file is left behind."""
    if isinstance(step, Zone | Member | Noted):
        return ()
    if isinstance(step, Run):
        back = RunBack(step.undo, creates=step.removes, removes=step.creates)
        return (*_directories_above(tree, step.creates), back) if step.undo else ()
    if isinstance(step, Sql):
        return (SqlBack(step.server, step.undo, removes=step.creates),) if step.undo else ()
    if isinstance(step, Move):
        return (*_directories_above(tree, step.target), MoveBack(step.path, step.target))
    if isinstance(step, Give):
        return (GiveBack(step.path, step.before, step.after),)
    found = paths.status(tree.root, step.path)
    above = _directories_above(tree, step.path)
    if isinstance(step, Directory):
        return (*above, _directory_as_it_is(tree, step.path, found))
    if found is None:
        return (*above, TakeAway(step.path))
    return (PutBack(step.path, aside.kept_path(step.path, batch), tree=isinstance(step, Discard)),)


def _directories_above(tree: Tree, path: str) -> tuple[RestoreDirectory, ...]:
    """A step makes the directories above its path when they are missing; so they go again with it."""
    return tuple(RestoreDirectory(above) for above in paths.missing(tree.root, path)) if path else ()


def _directory_as_it_is(tree: Tree, path: str, found: os.stat_result | None) -> RestoreDirectory:
    if found is None:
        return RestoreDirectory(path)
    with paths.directory(tree.root, path) as descriptor:
        access = acl.get_acl(descriptor)
    return RestoreDirectory(path, stat.S_IMODE(found.st_mode), found.st_uid, found.st_gid, access)


def carry_out(tree: Tree, undo: Undo) -> None:
    """Carry out an undo on files; RunBack and SqlBack are the host's and do nothing here."""
    if isinstance(undo, PutBack | TakeAway):
        above, _, name = undo.path.rpartition("/")
        aside.forget(tree.root, f"{above}/{aside.new_name(name)}")
    if isinstance(undo, PutBack):
        aside.put_back(tree.root, undo.path, undo.kept)
    elif isinstance(undo, TakeAway):
        aside.forget(tree.root, undo.path)
    elif isinstance(undo, RestoreDirectory):
        _bring_back_directory(tree, undo)
    elif isinstance(undo, MoveBack):
        trees.move_back(tree, undo.path, undo.target)
    elif isinstance(undo, GiveBack):
        trees.give(tree, undo.path, undo.after, undo.before)


def settle(tree: Tree, undo: Undo) -> None:
    """The batch is committed: forget what was kept to take it back, but leave trees to the purge."""
    if isinstance(undo, PutBack) and not undo.tree:
        aside.forget(tree.root, undo.kept)


def _bring_back_directory(tree: Tree, undo: RestoreDirectory) -> None:
    if undo.mode is None:
        with suppress(OSError), paths.parent(tree.root, undo.path) as (directory, name):
            os.rmdir(name, dir_fd=directory)
        return
    with suppress(FileNotFoundError), paths.directory(tree.root, undo.path) as descriptor:
        tree.own(descriptor, undo.owner, undo.group)
        if tree.owners:
            acl.set_acl(descriptor, None)
        os.fchmod(descriptor, undo.mode)
        if tree.owners and undo.acl is not None:
            acl.set_acl(descriptor, undo.acl)
