"""Package limits: a number in digits, or the word ``unlimited``."""

from __future__ import annotations

from tholos.kernel.errors import LimitReached


def allows(limit: str, used: int) -> bool:
    """Tell whether one more fits when ``used`` are there."""
    return limit == "unlimited" or used < int(limit)


def require_room(key: str, limit: str, used: int, more: int = 1) -> None:
    """Raise LimitReached (exit code 8) when ``more`` do not fit beside ``used``."""
    if limit != "unlimited" and used + more > int(limit):
        raise LimitReached(f"{key} limit is reached :: upgrade user package")
