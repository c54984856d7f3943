"""Writing a database into a file: under another name until it is whole, so that a full disk leaves no half of one."""

from __future__ import annotations

import os
from contextlib import suppress

from sqlalchemy import select

from tholos.apply import aside, paths
from tholos.jobs.databases.dumps import forget_oldest, require_room
from tholos.jobs.databases.logins import Place, place_of
from tholos.jobs.databases.moving import save
from tholos.jobs.declared import job
from tholos.jobs.run import Cancelled, Run
from tholos.jobs.sandbox import forget
from tholos.kernel.tx import State
from tholos.resources.database.dumping import BACKUP, Dump
from tholos.resources.database.model import databases
from tholos.resources.database.record import of_account

_PLACE = 0o711
"""Accounts pass through the place of backups to their own files, and see no others' names."""
_MODE = 0o640


@job(Dump)
def carry_out(run: Run, asked: Dump) -> str:
    """Write the dump; the result is its path."""
    try:
        place = _place(run, asked)
        run.log(f"writing {asked.path}")
        run.step("write", lambda: _write(run, place, asked))
    except Cancelled:
        # It is called off when its database is deleted.
        _place(run, asked)
        raise
    finally:
        forget(run)
    return asked.path


def _place(run: Run, asked: Dump) -> Place:
    return run.read(lambda state: place_of(state, asked.database, run.id))


def _write(run: Run, place: Place, asked: Dump) -> None:
    root = run.host.tree.root
    is_new = paths.status(root, BACKUP) is None
    with paths.parent(root, asked.path, create=True) as (directory, name):
        if is_new:
            os.fchmod(directory, _PLACE)
        part = aside.new_name(name)
        with suppress(FileNotFoundError):
            os.unlink(part, dir_fd=directory)
        require_room(run, place, directory)
        _fill(run, place, asked, directory, part)
        os.rename(part, name, src_dir_fd=directory, dst_dir_fd=directory)
        os.fsync(directory)
        account, present = run.read(lambda state: _owned_with(state, asked.database))
        if account:
            forget_oldest(run, directory, account, asked.group, present)


def _fill(run: Run, place: Place, asked: Dump, directory: int, part: str) -> None:
    file = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600, dir_fd=directory)
    try:
        save(run, place, file, asked.packed)
        # What was read may have been a namesake that somebody else has by now.
        _place(run, asked)
        if not run.host.rehearse:
            os.fchown(file, 0, asked.group)
        os.fchmod(file, _MODE)
        os.fsync(file)
    except Exception:
        os.unlink(part, dir_fd=directory)
        raise
    finally:
        os.close(file)


def _owned_with(state: State, database: int) -> tuple[str, list[str]]:
    """The account of a database, and the names of all that it has; nothing when the database was deleted meanwhile."""
    account = state.value(select(databases.c.account).where(databases.c.id == database)) or ""
    return account, [row.name for row in of_account(state, account)]
