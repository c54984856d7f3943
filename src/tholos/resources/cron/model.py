"""The table of cron jobs."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, DateTime, ForeignKey, Integer, String, Table

from tholos.kernel.tables import metadata

cron_jobs = Table(
    "cron_jobs",
    metadata,
    Column("account", String, ForeignKey("accounts.name"), primary_key=True),
    Column("job", Integer, primary_key=True),
    Column("min", String, nullable=False),
    Column("hour", String, nullable=False),
    Column("day", String, nullable=False),
    Column("month", String, nullable=False),
    Column("wday", String, nullable=False),
    Column("cron_command", String, nullable=False),
    Column("suspended", Boolean, nullable=False, server_default="0"),
    Column("created", DateTime, nullable=False),
)
"""Jobs, numbered from 1 for each account; the command is what somebody typed, not what a crontab has for it."""
