"""The table of configuration files of services that an administrator replaced."""

from __future__ import annotations

from sqlalchemy import Column, String, Table

from tholos.kernel.tables import metadata

service_configs = Table(
    "service_configs",
    metadata,
    Column("service", String, primary_key=True),
    Column("digest", String, nullable=False),
    Column("content", String, nullable=False),
)
"""The last file given for each service, and its digest, by which one change is told from the next."""
