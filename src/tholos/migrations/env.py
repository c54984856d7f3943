"""Alembic's environment: it is always given an open connection."""

from __future__ import annotations

from alembic import context

from tholos.kernel.command import load
from tholos.kernel.tables import metadata

load("tholos.resources")
load("tholos.apply")
context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
    transaction_per_migration=False,
)
context.run_migrations()
