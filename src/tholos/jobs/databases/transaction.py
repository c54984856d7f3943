"""The transaction in which PostgreSQL fills a database, so that its commit is known after a kill of the engine, too.

Its number is on the disk before the server is told to commit. A server knows for long what became of a transaction
(``txid_status``, PostgreSQL 10); one that was going on when the server fell is aborted. A dump that commits by
itself may be cut off behind that: nothing can take back the part that was loaded.
"""

from __future__ import annotations

import os
import time

from tholos.apply.steps import Statement
from tholos.jobs.databases import roles
from tholos.jobs.databases.clients import MYSQL
from tholos.jobs.databases.logins import WRITES, Place, lent_name
from tholos.jobs.run import Run
from tholos.jobs.sandbox import clear

FILE = "transaction"
_LOOK = 0.1
"""Seconds between two looks at a transaction that is still going on."""
_STATUS = "SELECT txid_status(%s::bigint)"


def note(run: Run, number: int) -> None:
    """Have it on the disk which transaction a job has told all but its commit; raise OSError."""
    directory = run.place / run.id
    descriptor = os.open(directory / FILE, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(f"{number}\n")
        file.flush()
        os.fsync(file.fileno())
    found = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(found)
    finally:
        os.close(found)


def was_committed(run: Run, place: Place) -> bool:
    """Tell whether an earlier attempt of a job came to its commit; it waits until that is decided.

    Raise NoConnection or DatabaseFailed when the server cannot say, and what ``run.check`` raises.
    """
    number = _noted(run)
    if place.engine == MYSQL or number is None:
        return False
    # Whoever is still at it is ended, so that nothing can commit later.
    clear(run)
    roles.end(run.host, place.server, lent_name(run.id, WRITES))
    while (status := _status(run, place, number)) == "in progress":
        run.check()
        time.sleep(_LOOK)
    return status == "committed"


def _noted(run: Run) -> int | None:
    """The number that was noted; half of one was noted by nobody who went on with it."""
    try:
        text = (run.place / run.id / FILE).read_text()
    except FileNotFoundError:
        return None
    return int(text) if text.endswith("\n") else None


def _status(run: Run, place: Place, number: int) -> str | None:
    rows = run.host.servers.run(place.server, [Statement(_STATUS, (str(number),))])
    return str(rows[0][0]) if rows and rows[0][0] is not None else None
