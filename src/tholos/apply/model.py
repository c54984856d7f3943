"""Tables of the engine itself: finished batches, what is still to be purged, and the audit trail."""

from __future__ import annotations

from sqlalchemy import Column, DateTime, Integer, String, Table

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
