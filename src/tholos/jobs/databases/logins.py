"""Logins by which the clients of jobs get at one database, each only as long as its job.

On MariaDB a reader is a login of its own, and whoever loads a dump is the database's own login, which gets a second
password meanwhile: what it makes is then its own. What is to be in a database alone is shut first: its login takes the
job's password and no other, suspended or not. On PostgreSQL both are a member of the owning role and begin as it;
resetting that gives them no right that the owner has not.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

from sqlalchemy import select

from tholos.apply.host import Host
from tholos.apply.steps import Statement
from tholos.drivers.mariadb import names as mariadb
from tholos.jobs.databases import roles
from tholos.jobs.databases.clients import MYSQL, Way
from tholos.jobs.run import Interrupted, Run
from tholos.kernel.tx import State, Tx
from tholos.resources.database import charsets, hashes
from tholos.resources.database.lending import lend
from tholos.resources.database.model import databases
from tholos.resources.database.record import require_for_job

READS, WRITES = "r", "w"
"""What a login is lent for."""
_NATIVE = "mysql_native_password"
_ORDER = (
    "SELECT DEFAULT_CHARACTER_SET_NAME, DEFAULT_COLLATION_NAME FROM information_schema.schemata WHERE schema_name = %s"
)


class Place(NamedTuple):
    """A database where it is."""

    id: int
    engine: str
    host: str
    port: int
    name: str
    login: str
    charset: str

    @property
    def server(self) -> str:
        """The server's name in statements."""
        return f"{self.engine}/{self.host}"


def place_of(state: State, id: int, job: str) -> Place:
    """A database of a job by its number; Gone when it was deleted meanwhile."""
    found = require_for_job(state, id, job)
    return Place(found.id, found.type, found.host, found.port, found.name, found.login, found.charset)


@contextmanager
def reader(run: Run, place: Place) -> Iterator[Way]:
    """A login that may read a database whole."""
    with _lent(run, place, READS) as way:
        yield way


@contextmanager
def writer(run: Run, place: Place) -> Iterator[Way]:
    """A login that may fill a database."""
    with _lent(run, place, WRITES) as way:
        yield way


def lent_name(job: str, kind: str) -> str:
    """The name of a login that a job is lent; ``kind`` is READS or WRITES."""
    return f"~tholos-{kind}{job[-10:]}"


@contextmanager
def _lent(run: Run, place: Place, kind: str) -> Iterator[Way]:
    password = secrets.token_hex(24)
    login = lent_name(run.id, kind)
    name = place.login if kind == WRITES and place.engine == MYSQL else login
    _open(run, place, login, password, kind)
    try:
        yield Way(place.engine, place.host, place.port, place.name, name, password)
    except Interrupted:
        # The engine is being stopped; whoever goes on with the job makes the login anew.
        raise
    except BaseException:
        _close(run, place, login, kind)
        raise
    _close(run, place, login, kind)


def _open(run: Run, place: Place, login: str, password: str, kind: str) -> None:
    if place.engine != MYSQL:
        # Ending one may wait for locks that somebody else holds: nothing for the writer.
        roles.make(run.host, place.server, login, place.login, hashes.scram(password))
    else:
        run.change(lambda tx: _open_mysql(run, tx, place, login, password, kind))


def _close(run: Run, place: Place, login: str, kind: str) -> None:
    if place.engine != MYSQL:
        roles.end(run.host, place.server, login)
    else:
        run.change(lambda tx: _close_mysql(run.host, tx, place, login, kind))


def shut(run: Run, place: Place) -> Way:
    """Have a database of MariaDB be this job's alone until it is given back, and its owner be disconnected.

    Its login gets another password, which it has only as long as there is this very database. Raise Gone when it was
    deleted meanwhile, NoConnection or DatabaseFailed.
    """
    password = secrets.token_hex(24)
    run.change(lambda tx: lend(tx, place.id, run.id, hashes.native(password)))
    run.change(lambda tx: _disconnect(run, tx, place))
    return Way(place.engine, place.host, place.port, place.name, place.login, password)


def _disconnect(run: Run, tx: Tx, place: Place) -> None:
    place_of(tx, place.id, run.id)
    _say(run.host, place, f"KILL USER {mariadb.login(place.login)}")


# These are done by the writer, so that no change of the same login comes between what they read and what they say.
def _open_mysql(run: Run, tx: Tx, place: Place, login: str, password: str, kind: str) -> None:
    place_of(tx, place.id, run.id)
    host = run.host
    _close_mysql(host, tx, place, login, kind)
    hashed = hashes.native(password)
    if kind == WRITES:
        own = f"ALTER USER {mariadb.login(place.login)} IDENTIFIED VIA {_NATIVE} USING %s OR {_NATIVE} USING %s"
        _say(host, place, own, _hash_of(tx, place), hashed)
        return
    made = mariadb.login(login)
    _say(host, place, f"CREATE USER {made} IDENTIFIED WITH {_NATIVE} AS %s", hashed)
    rights = "SELECT, SHOW VIEW, TRIGGER, EVENT, LOCK TABLES"
    _say(host, place, f"GRANT {rights} ON {mariadb.pattern(place.name)}.* TO {made}")
    # Else the bodies of routines would be left out; only the program that dumps gets to know this login.
    _say(host, place, f"GRANT SELECT ON mysql.proc TO {made}")


def _close_mysql(host: Host, tx: Tx, place: Place, login: str, kind: str) -> None:
    if kind == READS:
        _say(host, place, f"DROP USER IF EXISTS {mariadb.login(login)}")
    elif hashed := _hash_of(tx, place):
        _say(host, place, f"ALTER USER IF EXISTS {mariadb.login(place.login)} IDENTIFIED WITH {_NATIVE} AS %s", hashed)


def _hash_of(tx: Tx, place: Place) -> str:
    found: str | None = tx.value(select(databases.c.password_hash).where(databases.c.id == place.id))
    return found or ""


def _say(host: Host, place: Place, text: str, *values: str) -> None:
    host.servers.run(place.server, [Statement(text, values)])


def order_of(run: Run, place: Place) -> tuple[str, str]:
    """The character set and the order of what is in a database of MariaDB, as its server has them."""
    rows = run.host.servers.run(place.server, [Statement(_ORDER, (place.name,))])
    return (str(rows[0][0]), str(rows[0][1])) if rows else (charsets.mariadb(place.charset) or "utf8mb4", "")
