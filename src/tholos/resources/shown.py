"""What resources of the REST API are made with: values as JSON has them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import msgspec

Moment = Annotated[datetime, msgspec.Meta(tz=True)]
"""A moment with its offset: RFC 3339 in JSON, ``date-time`` in a schema."""


def moment(at: datetime) -> Moment:
    """A moment of the node's clock with its offset, so that it prints as RFC 3339 has it."""
    return at.astimezone()


def limit(value: str) -> int | None:
    """A count that a package limits, None for unlimited."""
    return int(value) if value.isdigit() else None


def some(value: str) -> str | None:
    """A text, None for an empty one."""
    return value or None


def split(text: str, separator: str = ",") -> list[str]:
    """The entries of a stored list."""
    return [part for part in text.split(separator) if part]
