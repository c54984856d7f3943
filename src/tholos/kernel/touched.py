"""What a transaction has touched on a machine, by name: a scope and which thing of it."""

from __future__ import annotations

from typing import NamedTuple

Key = tuple[str, ...]
"""Which thing of a scope: an account's name, or an account's name and a domain."""


class Touched(NamedTuple):
    """One thing that a transaction changed and that must be planned again."""

    scope: str
    key: Key
