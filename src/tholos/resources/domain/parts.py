"""The parts of a domain: each noun says here how its part is added, goes, pauses and comes back with the whole."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tholos.kernel.tx import State, Tx
from tholos.resources.domain.claims import Claim
from tholos.resources.types import AccountName, Address, Domain

Change = Callable[[Tx, AccountName, Domain], None]


@dataclass(frozen=True)
class Part:
    """What one noun makes of a domain.

    ``order`` is its place among the parts. ``has_room`` tells whether the subsystem is there and the account's package
    allows one more, ``exists`` whether the account has this part of the domain, ``names`` who has such a part.
    ``move`` gives it from the one account to the other; the others change it.
    """

    noun: str
    order: int
    has_room: Callable[[State, AccountName], bool]
    exists: Callable[[State, AccountName, Domain], bool]
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
