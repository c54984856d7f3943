"""What waits for a server that is out of service: things that are planned again when it answers."""

from __future__ import annotations

from sqlalchemy import Column, String, Table, select

from tholos.kernel.tables import metadata
from tholos.kernel.tx import State

postponed = Table(
    "postponed",
    metadata,
    Column("server", String, primary_key=True),
    Column("scope", String, primary_key=True),
    Column("key", String, primary_key=True),
)
"""Things by their server, such as ``mysql/db1.example.org``; ``key`` is the thing's key as JSON."""


def waits(state: State, server: str) -> bool:
    """Tell whether anything waits for a server."""
    return state.value(select(postponed.c.scope).where(postponed.c.server == server).limit(1)) is not None
