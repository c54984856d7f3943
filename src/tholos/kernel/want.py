"""Wants: what a machine should have, computed from the state, one scope at a time.

A scope names a kind of thing on a machine (``account``, ``site`` ...). The function registered for it reads the state
and gives a frozen value that its drivers plan from, or None when the thing should not be there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from tholos.kernel.touched import Key
from tholos.kernel.tx import State

WantFunction = Callable[[State, Key], Any]
KeysFunction = Callable[[State], Iterable[Key]]


class Scope(NamedTuple):
    """A scope's name, its want function, and the function that lists every key in the state."""

    name: str
    want: WantFunction
    keys: KeysFunction


SCOPES: dict[str, Scope] = {}


def scope(name: str, *, keys: KeysFunction) -> Callable[[WantFunction], WantFunction]:
    """Register the decorated function as the want function of a scope.

    ``keys`` lists all keys of the scope that the state holds: reconcile walks them.
    """

    def register(function: WantFunction) -> WantFunction:
        if name in SCOPES:
            raise ValueError(f"scope {name} is declared twice")
        SCOPES[name] = Scope(name, function, keys)
        return function

    return register
