"""Things in groups, for work that is done a few at a time (itertools.batched of Python 3.12, in lists)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

Thing = TypeVar("Thing")


def groups(things: Iterable[Thing], size: int) -> Iterator[list[Thing]]:
    """Things in their order, ``size`` of them at a time; the last group may be smaller."""
    iterator = iter(things)
    while group := list(islice(iterator, size)):
        yield group
