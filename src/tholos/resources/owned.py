"""What an account owns: each noun says here how its objects go, pause and come back together with their account."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tholos.kernel.tx import Tx

Action = Callable[[Tx, str], None]


@dataclass(frozen=True)
class Owned:
    """A noun's objects of one account; each action takes the transaction and the account's name."""

    noun: str
    delete: Action
    suspend: Action
    unsuspend: Action
    rebuild: Action


OWNED: dict[str, Owned] = {}


def owned(kind: Owned) -> Owned:
    """Register a noun."""
    OWNED[kind.noun] = kind
    return kind
