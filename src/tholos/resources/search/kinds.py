"""What can be found by its name: each noun says here how its objects are found.

A noun adds itself with one line, next to its ``owned`` and ``part``; the function gives the things that have a term in
their name, of one account or, where that is None, of all:

    findable(20, find_zones)

Whoever searches sees the things of each account by this order of the nouns.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, func, or_

from tholos.kernel.tx import State
from tholos.resources.idn import lower, spellings


class Thing(NamedTuple):
    """Something of which the name, or another name, has the term in it."""

    user: str
    type: str
    key: str
    result: str
    suspended: bool
    created: datetime
    alias: str = ""
    parent: str = ""
    link: str = ""


Finder = Callable[[State, str, str | None], Iterable[Thing]]
_FINDERS: dict[int, Finder] = {}


def findable(order: int, find: Finder) -> Finder:
    """Register how the things of a noun are found; ``order`` is its place among the nouns."""
    if order in _FINDERS:
        raise ValueError(f"the place {order} is taken")
    _FINDERS[order] = find
    return find


def find_all(state: State, term: str, account: str | None = None) -> list[Thing]:
    """Everything that has a term in its name, account by account."""
    things = [thing for _, find in sorted(_FINDERS.items()) for thing in find(state, term, account)]
    return sorted(things, key=lambda thing: thing.user)


def has_name(column: ColumnElement[str], term: str) -> ColumnElement[bool]:
    """As ``has``, for a column of domain names: a label is found in either of its spellings."""
    return or_(*(has(column, spelled) for spelled in dict.fromkeys((term, *spellings(lower(term))))))


def has(column: ColumnElement[str], term: str) -> ColumnElement[bool]:
    """The condition that a column has a term in it, in any case."""
    return func.instr(func.lower(column), term.lower()) > 0
