"""Giving databases to other accounts: made anew there, filled by a job, and handed over in one commit."""

from __future__ import annotations

import secrets
from typing import ClassVar

from sqlalchemy import select, update

from tholos.kernel.command import command
from tholos.kernel.errors import Exists, Invalid, NotExist
from tholos.kernel.job import Asked, Started, jobs, start
from tholos.kernel.tx import State, Tx
from tholos.resources.database.add import insert_database, require_new_login
from tholos.resources.database.delete import remove_database, remove_guests
from tholos.resources.database.model import database_hosts, databases
from tholos.resources.database.record import (
    DATABASES,
    Database,
    change,
    database_name,
    find,
    find_for_job,
    login_name,
    require_for_job,
    require_free,
    subject,
)
from tholos.resources.database.types import DatabaseName, DatabasePassword
from tholos.resources.log.model import note
from tholos.resources.system.model import require_system
from tholos.resources.types import AccountName
from tholos.resources.user.record import find as find_account
from tholos.resources.user.record import require_active

GIVING = "database.owner"
"""The kind of these jobs, for those who only look for one: what names the class may end as its job does."""


class GiveAway(Asked, frozen=True):
    """Fill the database ``new`` with what ``old`` has, and have it in its place.

    ``was_suspended`` tells that ``old`` was suspended by itself, and not with its account.
    """

    kind: ClassVar[str] = GIVING
    old: int
    new: int
    was_suspended: bool


@command(
    "database.owner.change",
    legacy="v-change-database-owner DATABASE USER",
    rest="PUT /databases/{database}/owner",
    examples={"database": "alice_shop", "user": "bob"},
)
def give(tx: Tx, database: DatabaseName, user: AccountName) -> Started:
    """Give a database to another account, whose name then stands before its name and its login's.

    Its login is locked meanwhile, and temporary logins end. Everything in it comes along, and belongs to the new login,
    which has the old one's password. Whoever gives it opens it: it is no longer suspended there, even if it was before.
    """
    require_system(tx, "DB_SYSTEM")
    require_active(tx, user)
    old = _only(tx, database)
    new = _reserve(tx, old, user)
    change(tx, old, suspended=True)
    # What they wrote from now on would be lost.
    remove_guests(tx, old)
    note(tx, user, "Databases", f"Database {database} of {old.account} is being taken over.")
    was_suspended = old.suspended and not _is_paused(tx, old.account)
    asked = GiveAway(old.id, new.id, was_suspended)
    return start(tx, asked, account=user, subject=subject(old), also=subject(new))


def _only(state: State, name: DatabaseName) -> Database:
    """The database of a name; NotExist when there is none, Invalid when there are several, on different servers."""
    found = state.rows(DATABASES.where(databases.c.name == name).order_by(databases.c.id))
    if not found:
        raise NotExist(f"db {name} doesn't exist", argument="database")
    if len(found) > 1:
        each = ", ".join(f"{one.account} on {one.type} {one.host}" for one in found)
        raise Invalid(
            f"{name} is the name of several databases, nobody knows which is meant :: {each}", argument="database"
        )
    return found[0]


def _reserve(tx: Tx, old: Database, user: str) -> Database:
    """Make the database of the new account, with a password that nobody knows."""
    short, login_short = (_without(old.account, word) for word in (old.name, old.login))
    name, login = database_name(user, short, old.type), login_name(user, login_short, old.type)
    if find(tx, user, name) is not None:
        raise Exists(f"DB={name} already exists", argument="database")
    require_new_login(tx, user, login)
    server = tx.row(select(database_hosts).where(database_hosts.c.id == old.host_id))
    if server is None:
        raise NotExist(f"{old.type} host doesn't exist", argument="database")
    require_free(tx, server, name, login)
    unknown = DatabasePassword(secrets.token_hex(24)).hashed_for(old.type)
    values = {"account": user, "name": name, "login": login, "password_hash": unknown, "charset": old.charset}
    insert_database(tx, server, created=old.created, disk_bytes=old.disk_bytes, **values)
    made: Database = tx.rows(DATABASES.where(databases.c.account == user, databases.c.name == name))[0]
    return made


def _without(account: str, name: str) -> str:
    """The name of a database or a login without its account's, which PostgreSQL has in lower case."""
    prefix = f"{account}_"
    return name[len(prefix) :] if name.lower().startswith(prefix.lower()) else name


def hand_over(tx: Tx, asked: GiveAway, job: str) -> None:
    """Have the new database in the place of the old one; when that is done already, nothing happens.

    Raise Gone when one of both was deleted meanwhile.
    """
    if _is_handed_over(tx, job):
        return
    old, new = require_both(tx, asked, job)
    tx.execute(update(jobs).where(jobs.c.id == job).values(result=new.name))
    closed = new.suspended or _is_paused(tx, new.account)
    change(tx, new, password_hash=old.password_hash, lent_hash="", suspended=closed)
    remove_database(tx, old)
    for account, text in ((old.account, "given to another account"), (new.account, f"taken over as {new.name}")):
        note(tx, account, "Databases", f"Database {old.name} was {text}.")


def require_both(state: State, asked: GiveAway, job: str) -> tuple[Database, Database]:
    """The old and the new database of a job; raise Gone when one of both was deleted meanwhile."""
    return require_for_job(state, asked.old, job), require_for_job(state, asked.new, job)


def take_back(tx: Tx, asked: GiveAway, job: str) -> bool:
    """Have all as it was before, unless it is handed over already; tell whether it is.

    An account that was suspended meanwhile keeps its database closed.
    """
    if _is_handed_over(tx, job):
        return True
    old, new = (find_for_job(tx, id, job) for id in (asked.old, asked.new))
    if new is not None:
        remove_database(tx, new)
    if old is not None:
        change(tx, old, suspended=asked.was_suspended or _is_paused(tx, old.account))
    return False


def _is_handed_over(state: State, job: str) -> bool:
    """Whether the commit that handed it over has been; it has left the new name as the job's result."""
    return state.value(select(jobs.c.result).where(jobs.c.id == job)) is not None


def _is_paused(state: State, name: str) -> bool:
    account = find_account(state, name)
    return account is not None and bool(account.suspended)
