"""Writing a database into a file: under another name until it is whole, so that a full disk leaves no half of one."""

from __future__ import annotations

import os
from contextlib import suppress

from tholos.apply import aside, paths
from tholos.jobs.databases.logins import place_of
from tholos.jobs.databases.moving import save
from tholos.jobs.declared import job
from tholos.jobs.run import Run
from tholos.jobs.sandbox import forget
from tholos.resources.database.dumping import BACKUP, Dump

_PLACE = 0o711
"""Accounts pass through the place of backups to their own files, and see no others' names."""
_MODE = 0o640


@job(Dump)
def carry_out(run: Run, asked: Dump) -> str:
    """Write the dump; the result is its path."""
    place = run.read(lambda state: place_of(state, asked.database))
    run.log(f"writing {asked.path}")

    def write() -> None:
        root = run.host.tree.root
        is_new = paths.status(root, BACKUP) is None
        with paths.parent(root, asked.path, create=True) as (directory, name):
            if is_new:
                os.fchmod(directory, _PLACE)
            part = aside.new_name(name)
            with suppress(FileNotFoundError):
                os.unlink(part, dir_fd=directory)
            file = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600, dir_fd=directory)
            try:
                save(run, place, file, asked.packed)
                if not run.host.rehearse:
                    os.fchown(file, 0, asked.group)
                os.fchmod(file, _MODE)
                os.fsync(file)
                os.rename(part, name, src_dir_fd=directory, dst_dir_fd=directory)
                os.fsync(directory)
            except Exception:
                os.unlink(part, dir_fd=directory)
                raise
            finally:
                os.close(file)

    try:
        run.step("write", write)
    finally:
        forget(run)
    return asked.path
