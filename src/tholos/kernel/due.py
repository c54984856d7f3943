"""Calls that are to be made at a time to come: they are rows, so that they outlast the engine."""

from __future__ import annotations

import json
import time

from sqlalchemy import Column, Integer, String, Table, delete, insert

from tholos.kernel.tables import metadata
from tholos.kernel.tx import Tx

due_calls = Table(
    "due_calls",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", Integer, nullable=False, index=True),
    Column("command", String, nullable=False),
    Column("arguments", String, nullable=False),
)
"""Calls by the second since 1970 (UTC) in which they are due; the engine makes them as root."""


def call_later(tx: Tx, seconds: int, command: str, *arguments: str) -> None:
    """Have a command called after some seconds; no argument may be a secret."""
    values = {"at": int(time.time()) + seconds, "command": command, "arguments": json.dumps(arguments)}
    tx.execute(insert(due_calls).values(values))


def forget_call(tx: Tx, command: str, *arguments: str) -> None:
    """Have a call that ``call_later`` asked for not be made."""
    here = (due_calls.c.command == command) & (due_calls.c.arguments == json.dumps(arguments))
    tx.execute(delete(due_calls).where(here))
