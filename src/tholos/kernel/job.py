"""Long work: a job is written down in the transaction of the call that wants it, and carried out after its commit.

The row is an outbox: what stands in it is carried out exactly once, however often the engine is killed (ADR 9).
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Set
from datetime import timedelta
from typing import Any, ClassVar, NamedTuple

import msgspec
from sqlalchemy import (
    Boolean,
    Column,
    ColumnElement,
    DateTime,
    Float,
    Integer,
    Row,
    String,
    Table,
    delete,
    func,
    insert,
    or_,
    select,
    update,
)

from tholos.kernel.errors import InUse
from tholos.kernel.tables import metadata
from tholos.kernel.tx import State, Tx

WAITING, RUNNING, DONE, FAILED, CANCELLED = "waiting", "running", "done", "failed", "cancelled"
UNFINISHED = (WAITING, RUNNING)
KEPT = timedelta(days=7)
"""How long a finished job can still be looked at."""
MOST_OF_AN_ACCOUNT = 8
"""Unfinished jobs of one account: a few are carried out at a time, and each may keep a caller waiting."""
AT_ONCE_OF_AN_ACCOUNT = 2
"""Jobs of one account that are under way at the same time: far fewer than a node carries out."""
AT_ONCE_OF_ACCOUNTS = 6
"""Those of all accounts but the first administrator's, for whom the rest of what a node carries out is kept free."""

jobs = Table(
    "jobs",
    metadata,
    Column("id", String, primary_key=True),
    Column("kind", String, nullable=False),
    Column("account", String, nullable=False, index=True),
    Column("subject", String, nullable=False),
    Column("also", String, nullable=False, server_default=""),
    Column("arguments", String, nullable=False),
    Column("state", String, nullable=False, index=True),
    Column("cancelling", Boolean, nullable=False, server_default="0"),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("progress", Float),
    Column("log", String, nullable=False, server_default=""),
    Column("result", String),
    Column("code", Integer),
    Column("error", String),
    Column("created", DateTime, nullable=False),
    Column("started", DateTime),
    Column("finished", DateTime),
)
"""Jobs; ``subject``, and what a job is ``also`` about, no two of them work on at a time.

``code`` and ``error`` say why one failed.
"""

Job = Row[Any]


class Asked(msgspec.Struct, frozen=True):
    """What a job is to do, as JSON in its row; a kind of job has a subclass of its own. No field may hold a secret."""

    kind: ClassVar[str] = ""


class Started(NamedTuple):
    """What a command gives that leaves its work to a job: the job's id."""

    id: str


def start(tx: Tx, asked: Asked, *, account: str, subject: str, also: str = "") -> Started:
    """Have a job carried out after the commit.

    Raise InUse when an unfinished one is about the same subject, or the account has ``MOST_OF_AN_ACCOUNT`` of them.

    Whoever called waits for its result, or is told where to look for it (REST).
    """
    refuse_at_work(tx, subject)
    if also:
        refuse_at_work(tx, also)
    if _has_most(tx, account):
        raise InUse(f"{MOST_OF_AN_ACCOUNT} jobs of {account} are not finished :: wait for one, or call it off")
    return _write(tx, asked, account, subject, also)


def _has_most(state: State, account: str) -> bool:
    unfinished = select(func.count()).where(jobs.c.state.in_(UNFINISHED), jobs.c.account == account)
    return bool(state.value(unfinished) >= MOST_OF_AN_ACCOUNT)


def _write(tx: Tx, asked: Asked, account: str, subject: str, also: str = "") -> Started:
    tx.execute(delete(jobs).where(jobs.c.finished < tx.context.now - KEPT))
    made = Started(_new_id())
    row = {
        "id": made.id,
        "kind": asked.kind,
        "account": account,
        "subject": subject,
        "also": also,
        "arguments": msgspec.json.encode(asked, enc_hook=str).decode(),
        "state": WAITING,
        "created": tx.context.now,
    }
    tx.execute(insert(jobs).values(row))
    return made


def refuse_at_work(state: State, subject: str, kind: str = "") -> None:
    """Raise InUse when an unfinished job is about a subject: any, or one of a kind."""
    other = _at_work(state, subject, kind)
    if other is not None:
        raise InUse(f"job {other} is working on {subject}")


def is_at_work(state: State, subject: str) -> bool:
    """Tell whether an unfinished job is about a subject."""
    return _at_work(state, subject) is not None


def _at_work(state: State, subject: str, kind: str = "") -> str | None:
    same = select(jobs.c.id).where(jobs.c.state.in_(UNFINISHED), _about(subject))
    found: str | None = state.value(same.where(jobs.c.kind == kind) if kind else same)
    return found


def _about(subject: str) -> ColumnElement[bool]:
    return or_(jobs.c.subject == subject, jobs.c.also == subject)


def at_work(state: State, kind: str) -> Set[str]:
    """The subjects of all unfinished jobs of a kind, without what they are also about."""
    found = state.rows(select(jobs.c.subject).where(jobs.c.state.in_(UNFINISHED), jobs.c.kind == kind))
    return {row.subject for row in found}


def call_off(tx: Tx, subject: str) -> None:
    """Have unfinished jobs about a subject stop: it is taken away by whoever calls this."""
    tx.execute(update(jobs).where(jobs.c.state.in_(UNFINISHED), _about(subject)).values(cancelling=True))


def is_about(state: State, job: str, subject: str) -> bool:
    """Tell whether a job is about a subject."""
    return state.value(select(jobs.c.id).where(jobs.c.id == job, _about(subject))) is not None


def _new_id() -> str:
    """An id that any node can make by itself, and that sorts by time."""
    return f"{time.time_ns() // 1_000_000:012x}{secrets.token_hex(5)}"
