"""What is left of jobs that were given up, or whose server was down when they ended.

That is their logins, databases that are still theirs alone or half given away, and what was saved where nobody has
called for it.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

from sqlalchemy import select

from tholos.apply.host import Host
from tholos.apply.steps import Statement
from tholos.drivers.mariadb import names as mariadb
from tholos.jobs.databases import roles
from tholos.jobs.databases.clients import MYSQL
from tholos.jobs.databases.logins import READS, WRITES, lent_name
from tholos.jobs.state import JobState
from tholos.kernel.errors import Refusal
from tholos.kernel.job import UNFINISHED, jobs
from tholos.kernel.log import log
from tholos.kernel.tx import State, Tx
from tholos.resources.database.half_given import half_given, take_back_half
from tholos.resources.database.lending import forgotten, give_back_forgotten
from tholos.resources.database.model import database_hosts

Id = TypeVar("Id", int, str)
AGAIN = 3600.0
"""Seconds after which is looked again."""
_OURS = re.compile(r"~tholos-[rw][0-9a-f]{10}")
_FOUND = {
    "mysql": "SELECT User FROM mysql.user WHERE Host = '%%' AND User LIKE %s",
    "pgsql": "SELECT rolname FROM pg_roles WHERE rolname LIKE %s",
}


def sweep(state: JobState, host: Host, place: Path) -> float:
    """End what is left over, on every server that answers; give the seconds until the next time.

    ``place`` is the directory of what jobs keep: that stays as long as a job can be looked at.
    """
    _forget(state, place)
    _put_right(state, half_given, take_back_half, "what a job had begun could not be taken back")
    _put_right(state, forgotten, give_back_forgotten, "a job's database could not be given back")
    with state.reading() as snapshot:
        servers = [(row.type, row.host) for row in snapshot.rows(select(database_hosts))]
    for engine, name in servers:
        try:
            _sweep(state, host, engine, f"{engine}/{name}")
        except Refusal as refusal:
            log.warning("logins of jobs could not be looked for", server=f"{engine}/{name}", error=refusal.text)
    return AGAIN


def _forget(state: JobState, place: Path) -> None:
    # In this order: what is found belongs to a job that was there before.
    found = list(place.iterdir()) if place.exists() else []
    with state.reading() as snapshot:
        known = {row.id for row in snapshot.rows(select(jobs.c.id))}
    for directory in found:
        if directory.name not in known:
            log.info("what a job has kept is deleted", directory=str(directory))
            shutil.rmtree(directory, ignore_errors=True)


def _put_right(
    state: JobState, find: Callable[[State], Sequence[Id]], mend: Callable[[Tx, Id], None], cannot: str
) -> None:
    """Mend what is found, each by itself; what is refused stays for the next time."""
    with state.reading() as snapshot:
        found = find(snapshot)
    for id in found:
        _put_one_right(state, id, mend, cannot)


def _put_one_right(state: JobState, id: Id, mend: Callable[[Tx, Id], None], cannot: str) -> None:
    try:
        state.change(lambda tx: mend(tx, id))
    except Refusal as refusal:
        log.warning(cannot, what=id, error=refusal.text)


def _sweep(state: JobState, host: Host, engine: str, server: str) -> None:
    # In this order: what is found belongs to a job that was there before.
    rows = host.servers.run(server, [Statement(_FOUND[engine], ("~tholos-%",))])
    found = [row[0].decode() if isinstance(row[0], bytes) else str(row[0]) for row in rows]
    known = _known(state)
    for login in found:
        if _OURS.fullmatch(login) and login not in known:
            log.info("a login that no job knows is ended", server=server, login=login)
            if engine == MYSQL:
                host.servers.run(server, [Statement(f"DROP USER IF EXISTS {mariadb.login(login)}")])
            else:
                roles.end(host, server, login)


def _known(state: JobState) -> set[str]:
    with state.reading() as snapshot:
        ids = [row.id for row in snapshot.rows(select(jobs.c.id).where(jobs.c.state.in_(UNFINISHED)))]
    return {lent_name(id, kind) for id in ids for kind in (READS, WRITES)}
