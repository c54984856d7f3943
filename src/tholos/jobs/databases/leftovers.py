"""Logins of jobs that no job knows any more: of one that was given up, or whose server was down when it ended."""

from __future__ import annotations

import re

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
from tholos.resources.database.model import database_hosts

AGAIN = 3600.0
"""Seconds after which is looked again."""
_OURS = re.compile(r"~tholos-[rw][0-9a-f]{10}")
_FOUND = {
    "mysql": "SELECT User FROM mysql.user WHERE Host = '%%' AND User LIKE %s",
    "pgsql": "SELECT rolname FROM pg_roles WHERE rolname LIKE %s",
}


def sweep(state: JobState, host: Host) -> float:
    """End what is left over on every server that answers; give the seconds until the next time."""
    with state.reading() as snapshot:
        servers = [(row.type, row.host) for row in snapshot.rows(select(database_hosts))]
    for engine, name in servers:
        try:
            _sweep(state, host, engine, f"{engine}/{name}")
        except Refusal as refusal:
            log.warning("logins of jobs could not be looked for", server=f"{engine}/{name}", error=refusal.text)
    return AGAIN


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
