"""Databases that are a job's alone for a while: their login takes no password but one that the job has made.

It stands in the state, so no other call of the same database lets anybody in, keeps the job out, or ends its programs;
and when the database is deleted, the job's password is gone with its login, whoever has the name by then.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, select

from tholos.kernel.job import is_at_work
from tholos.kernel.tx import State, Tx
from tholos.resources.database.delete import guests_of
from tholos.resources.database.model import databases
from tholos.resources.database.record import DATABASES, Database, change, find_for_job, require_for_job, subject


def lend(tx: Tx, id: int, job: str, lent_hash: str) -> None:
    """Have a database be a job's, by the hash of its password; raise Gone when it was deleted meanwhile."""
    _change(tx, require_for_job(tx, id, job), lent_hash)


def give_back(tx: Tx, id: int, job: str) -> None:
    """Have a database be its owner's again, open or suspended as it should be; nothing happens when it is gone."""
    found = find_for_job(tx, id, job)
    if found is not None and found.lent_hash:
        _change(tx, found, "")


def is_lent(state: State, id: int) -> bool:
    """Tell whether a database is a job's."""
    return bool(state.value(select(databases.c.lent_hash).where(databases.c.id == id)))


def forgotten(state: State) -> Sequence[int]:
    """Databases that are a job's that has ended: it was given up, or their server was down."""
    return [row.id for row in state.rows(_lent()) if not is_at_work(state, subject(row))]


def give_back_forgotten(tx: Tx, id: int) -> None:
    """Have one of those be its owner's again, unless another job has it by now."""
    for row in tx.rows(_lent().where(databases.c.id == id)):
        if not is_at_work(tx, subject(row)):
            _change(tx, row, "")


def _lent() -> Select[Any]:
    return DATABASES.where(databases.c.lent_hash != "")


def _change(tx: Tx, found: Database, lent_hash: str) -> None:
    change(tx, found, lent_hash=lent_hash)
    for guest in guests_of(tx, found):
        tx.want("database_login", found.type, found.host, guest)
