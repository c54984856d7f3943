"""What an account owns: each noun says here how its objects go, pause and come back together with their account."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from tholos.kernel.tx import Tx

Action = Callable[[Tx, str], None]


class Mark(Protocol):
    """Pauses or resumes what an account has of a noun, where it is not so already."""

    def __call__(self, tx: Tx, user: str, /, *, suspended: bool) -> None:
        """Take the transaction, the account's name, and which of both."""
        ...


def _stay(_tx: Tx, _user: str, /, *, suspended: bool = False) -> None:
    """Nothing is done with them."""


@dataclass(frozen=True)
class Owned:
    """A noun's objects of one account; each action takes the transaction and the account's name.

    Objects that stay as they are while their account is suspended or rebuilt have no action for that.
    """

    noun: str
    delete: Action
    mark_all: Mark = _stay
    rebuild: Action = _stay


OWNED: dict[str, Owned] = {}


def owned(kind: Owned) -> Owned:
    """Register a noun."""
    OWNED[kind.noun] = kind
    return kind
