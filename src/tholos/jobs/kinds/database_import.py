"""Loading a dump into a database.

MariaDB cannot take back what a dump has defined. So what is there is saved first, and put back when the dump fails or
is called off; a kill in the middle has that done before the dump is begun again. PostgreSQL loads a dump in one
transaction.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from tholos.apply.readings.dumps import open_dump
from tholos.jobs.databases.clients import MYSQL
from tholos.jobs.databases.insisting import insist
from tholos.jobs.databases.logins import Place, order_of, place_of
from tholos.jobs.databases.moving import in_time, load, put_back, save
from tholos.jobs.declared import job
from tholos.jobs.run import Cancelled, Run
from tholos.jobs.sandbox import clear, forget
from tholos.kernel.errors import NotExist, Refusal
from tholos.resources.database.importing import Import
from tholos.resources.database.lending import give_back, is_lent
from tholos.resources.database.record import Gone

_PACKED = "zst"


@job(Import)
def carry_out(run: Run, asked: Import) -> str | None:
    """Load the dump."""
    try:
        _carry_out(run, _place(run, asked), asked)
    except (Refusal, Cancelled):
        # Nothing is put back where the database was deleted meanwhile: the name may be somebody else's.
        _place(run, asked)
        if not _begun(run).exists():
            forget(run)
        raise
    forget(run)
    return None


def _place(run: Run, asked: Import) -> Place:
    """The database; Gone when it was deleted meanwhile, and then nothing is left of the job."""
    try:
        return run.read(lambda state: place_of(state, asked.database, run.id))
    except Gone:
        clear(run)
        forget(run)
        raise


def _carry_out(run: Run, place: Place, asked: Import) -> None:
    try:
        if place.engine == MYSQL:
            run.log("saving what is there")
            run.step("save", lambda: _save(run, place))
        run.log("loading the dump")
        run.step("load", lambda: _load(run, place, asked))
    except (Refusal, Cancelled):
        # It may be called off before it goes on after a kill: then no step of this attempt has begun.
        if _begun(run).exists():
            _put_back(run, place)
        _give_back(run, place)
        raise
    _begun(run).unlink(missing_ok=True)
    # A dump may have given its own login another password, which is no business of a dump.
    run.change(lambda tx: tx.want("database_login", place.engine, place.host, place.login))


def _begun(run: Run) -> Path:
    """The file that says that the database may be half loaded, so that what was saved is to be put back."""
    return run.place / run.id / "begun"


def _save(run: Run, place: Place) -> None:
    if _begun(run).exists():
        # What was kept of finished steps is lost, and what is there now is no longer what there was.
        return
    saved = _saved(run)
    saved.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    file = os.open(saved, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    try:
        save(run, place, file, _PACKED)
        os.fsync(file)
    finally:
        os.close(file)


def _saved(run: Run) -> Path:
    return run.place / run.id / f"saved.{_PACKED}"


def _load(run: Run, place: Place, asked: Import) -> None:
    if _begun(run).exists():
        _put_back(run, place)
    _give_back(run, place)
    if place.engine == MYSQL:
        _begin(run, place)
    _load_file(run, place, asked)


def _begin(run: Run, place: Place) -> None:
    """Write down that the load begins, and how the database is made anew when it is to be put back."""
    order = " ".join(order_of(run, place))
    descriptor = os.open(_begun(run), os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(f"{order}\n")
        file.flush()
        os.fsync(file.fileno())


def _load_file(run: Run, place: Place, asked: Import) -> None:
    try:
        file = open_dump(run.host, asked.path, asked.home, asked.uid, as_root=asked.as_root)
    except (OSError, ValueError):
        raise NotExist(f"dump {asked.path} is not there any more", argument="path") from None
    ending = asked.path.rpartition(".")[2]
    try:
        load(run, place, file, "" if ending == "sql" else ending, in_time(run))
    finally:
        with suppress(OSError):
            os.close(file)


def _put_back(run: Run, place: Place) -> None:
    """Have the database as it was saved; nobody but this job gets in until it is given back.

    Raise Gone when it was deleted meanwhile: then there is nothing to put back.
    """
    clear(run)
    run.read(lambda state: place_of(state, place.id, run.id))
    run.log("putting back what was there")
    _insist(run, lambda: _fill_anew(run, place))
    _begun(run).unlink(missing_ok=True)


def _give_back(run: Run, place: Place) -> None:
    """Let the owner in again, unless the database was suspended meanwhile."""
    if run.read(lambda state: is_lent(state, place.id)):
        _insist(run, lambda: run.change(lambda tx: give_back(tx, place.id, run.id)))


def _insist(run: Run, what: Callable[[], None]) -> None:
    """Do a part of putting back."""
    insist(run, what, f"what was there can't be put back, and is kept in {_saved(run)}")


def _fill_anew(run: Run, place: Place) -> None:
    file = os.open(_saved(run), os.O_RDONLY | os.O_CLOEXEC)
    try:
        put_back(run, place, file, _PACKED, _order(run, place))
    finally:
        os.close(file)


def _order(run: Run, place: Place) -> tuple[str, str]:
    """How the database was; what an earlier version has begun says nothing of that."""
    said = _begun(run).read_text().split()
    return (said[0], said[1] if len(said) > 1 else "") if said else order_of(run, place)
