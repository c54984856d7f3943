"""The parts of a domain: each noun says here how its part is added, goes, pauses and comes back with the whole."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row

from tholos.kernel.tx import State, Tx
from tholos.resources.domain.claims import Claim
from tholos.resources.types import AccountName, Address, Domain

Change = Callable[[Tx, AccountName, Domain], None]


@dataclass(frozen=True)
class Part:
    """What one noun makes of a domain.

    ``order`` is its place among the parts, ``setting`` names what serves them, ``limit`` is that of a package and
    ``count`` tells how many of them an account has. ``find`` gives an account's part of a domain with ``suspended``, or
    None; ``names`` tells who has such a part. ``move`` gives it from one account to another; the others change it.
    """

    noun: str
    order: int
    setting: str
    limit: str
    count: Callable[[State, AccountName], int]
    find: Callable[[State, AccountName, Domain], Row[Any] | None]
    add: Callable[[Tx, AccountName, Domain, Address | None], None]
    delete: Change
    suspend: Change
    unsuspend: Change
    names: Claim
    move: Callable[[Tx, Domain, AccountName, AccountName], None]


_PARTS: dict[str, Part] = {}


def part(kind: Part) -> Part:
    """Register a noun's part."""
    _PARTS[kind.noun] = kind
    return kind


def parts() -> list[Part]:
    """Every part, in its order."""
    return sorted(_PARTS.values(), key=lambda kind: kind.order)
