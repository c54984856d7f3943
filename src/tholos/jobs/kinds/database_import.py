"""Loading a dump into a database.

MariaDB cannot take back what a dump has defined. So what is there is saved first, and put back when the dump fails or
is called off; a kill in the middle has that done before the dump is begun again. PostgreSQL loads a dump in one
transaction.
"""

from __future__ import annotations

import os
from contextlib import suppress

from tholos.apply.readings.dumps import open_dump
from tholos.jobs.databases.clients import MYSQL
from tholos.jobs.databases.logins import Place, empty, place_of
from tholos.jobs.databases.moving import load, save
from tholos.jobs.declared import job
from tholos.jobs.run import Cancelled, Run
from tholos.jobs.sandbox import clear, forget
from tholos.kernel.errors import NotExist, Refusal
from tholos.resources.database.importing import Import

_PACKED = "zst"
_BEGUN = "begun"
"""The file that says that the database may be half loaded, so that what was saved is to be put back."""


@job(Import)
def carry_out(run: Run, asked: Import) -> str | None:
    """Load the dump."""
    place = run.read(lambda state: place_of(state, asked.database))
    try:
        if place.engine == MYSQL:
            run.log("saving what is there")
            run.step("save", lambda: _save(run, place))
        run.log("loading the dump")
        run.step("load", lambda: _load(run, place, asked))
        # A dump may have given its own login another password, which is no business of a dump.
        run.change(lambda tx: tx.want("database_login", place.engine, place.host, place.login))
    except (Refusal, Cancelled):
        forget(run)
        raise
    forget(run)
    return None


def _save(run: Run, place: Place) -> None:
    directory = run.place / run.id
    if (directory / _BEGUN).exists():
        # What was kept of finished steps is lost, and what is there now is no longer what there was.
        return
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC
    file = os.open(directory / f"saved.{_PACKED}", flags, 0o600)
    try:
        save(run, place, file, _PACKED)
        os.fsync(file)
    finally:
        os.close(file)


def _load(run: Run, place: Place, asked: Import) -> None:
    begun = run.place / run.id / _BEGUN
    if begun.exists():
        clear(run)
        _put_back(run, place)
    if place.engine == MYSQL:
        begun.touch(mode=0o600)
    try:
        _load_file(run, place, asked)
    except (Refusal, Cancelled):
        if place.engine == MYSQL:
            _put_back(run, place)
        raise


def _load_file(run: Run, place: Place, asked: Import) -> None:
    try:
        file = open_dump(run.host, asked.path, asked.home, asked.uid, as_root=asked.as_root)
    except (OSError, ValueError):
        raise NotExist(f"dump {asked.path} is not there any more", argument="path") from None
    ending = asked.path.rpartition(".")[2]
    try:
        load(run, place, file, "" if ending == "sql" else ending, run.check)
    finally:
        with suppress(OSError):
            os.close(file)


def _put_back(run: Run, place: Place) -> None:
    """Have the database as it was saved; this is not cut short when the job is called off."""
    run.log("putting back what was there")
    empty(run, place)
    file = os.open(run.place / run.id / f"saved.{_PACKED}", os.O_RDONLY | os.O_CLOEXEC)
    try:
        load(run, place, file, _PACKED, run.check_end)
    finally:
        os.close(file)
