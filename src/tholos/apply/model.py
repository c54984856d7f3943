"""Tables of the engine itself: finished batches, what is still to be purged, the audit trail, and what repeats get."""

from __future__ import annotations

from sqlalchemy import Column, DateTime, Index, Integer, LargeBinary, String, Table

from tholos.kernel.tables import metadata

batches = Table(
    "batches",
    metadata,
    Column("id", String, primary_key=True),
)
"""The last committed batch: after a crash it tells whether the journal's batch was committed."""

purges = Table(
    "purges",
    metadata,
    Column("batch", String, primary_key=True),
    Column("path", String, primary_key=True),
)
"""What was moved aside by a committed batch and is not yet deleted."""

sql_purges = Table(
    "sql_purges",
    metadata,
    Column("batch", String, primary_key=True),
    Column("server", String, primary_key=True),
    Column("thing", String, primary_key=True),
    Column("statements", LargeBinary, nullable=False),
)
"""What a committed batch retired on a database server and is not yet dropped there, and the statements that do it."""

endings = Table(
    "endings",
    metadata,
    Column("batch", String, primary_key=True),
    Column("uid", Integer, primary_key=True, autoincrement=False),
)
"""Users whose processes a committed batch has ended; they are still to be killed."""

audit = Table(
    "audit",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", DateTime, nullable=False),
    Column("account", String, nullable=False),
    Column("key", String, nullable=False),
    Column("address", String, nullable=False),
    Column("command", String, nullable=False),
    Column("arguments", String, nullable=False),
)
"""Every change that was committed: who made it, from where, with which arguments (secrets masked)."""

repeats = Table(
    "repeats",
    metadata,
    Column("id", String, primary_key=True),
    Column("request", String, nullable=False),
    Column("answer", LargeBinary, nullable=False),
    Column("at", Integer, nullable=False, index=True),
    Column("account", String, nullable=False, server_default=""),
    Column("used", Integer, nullable=False, server_default="0"),
    Index("ix_repeats_account_used", "account", "used"),
)
"""Answers of changes by idempotency key (``edges/idempotency.py``); ``at`` is in seconds since 1970 (UTC), which
no change of the clock's hour makes older. ``used`` counts what an account's answers take, up to this one."""

revisions = Table(
    "revisions",
    metadata,
    Column("path", String, primary_key=True),
    Column("number", Integer, nullable=False),
)
"""How often something was set that the resource at a path of the REST API does not show."""
