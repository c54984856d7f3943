"""Waiting for what comes about by itself."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def until(
    found: Callable[[], T], seconds: float = 60, right: Callable[[T], object] = bool, *, pause: float = 0.02
) -> T:
    """Look again and again until what is ``found`` is ``right``, and give it.

    Without ``right``, anything true is. ``seconds`` is how long a busy machine may take, and ``pause`` the seconds
    between two looks. An AssertionError says what was seen last.
    """
    deadline = time.monotonic() + seconds
    while not right(seen := found()):
        assert time.monotonic() < deadline, f"not so after {seconds:g} seconds; last seen: {seen!r}"
        time.sleep(pause)
    return seen


def took(do: Callable[[], object]) -> float:
    """Do something; give the seconds that it takes."""
    start = time.monotonic()
    do()
    return time.monotonic() - start
