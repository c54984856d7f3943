"""Package limits: a number in digits, or the word ``unlimited``."""

from __future__ import annotations

from tholos.kernel.errors import LimitReached


def allows(limit: str, used: int, more: int = 1) -> bool:
    """Tell whether ``more`` fit beside the ``used`` that are there."""
    return limit == "unlimited" or used + more <= int(limit)


def require_room(key: str, limit: str, used: int, more: int = 1) -> None:
    """Raise LimitReached (exit code 8) when ``more`` do not fit beside ``used``."""
    if not allows(limit, used, more):
        raise LimitReached(f"{key} limit is reached :: upgrade user package")
