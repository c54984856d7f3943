"""Refusals of what is paused, and of what is not."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row

from tholos.kernel.errors import Suspended, Unsuspended


def refuse_suspended(row: Row[Any], noun: str, name: object, argument: str) -> None:
    """Raise Suspended (exit code 5) for a row that is; the noun and the name are what the refusal calls it."""
    if row.suspended:
        raise Suspended(f"{noun} {name} is suspended", argument=argument)


def refuse_unsuspended(row: Row[Any], noun: str, name: object, argument: str) -> None:
    """Raise Unsuspended (exit code 6) for a row that is not suspended."""
    if not row.suspended:
        raise Unsuspended(f"{noun} {name} is not suspended", argument=argument)
