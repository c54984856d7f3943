"""The table of notices."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, DateTime, Integer, String, Table

from tholos.kernel.tables import metadata

notifications = Table(
    "notifications",
    metadata,
    Column("account", String, primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("topic", String, nullable=False),
    Column("notice", String, nullable=False, server_default=""),
    Column("type", String, nullable=False, server_default=""),
    Column("priority", Integer, nullable=False, server_default="0"),
    Column("acknowledged", Boolean, nullable=False, server_default="0"),
    Column("created", DateTime, nullable=False),
)
"""Notices of accounts, numbered from 1 for each; the text is kept as it was given and cleaned when it is shown."""
