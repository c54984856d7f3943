"""The one way in which a name comes into a statement for PostgreSQL."""

from __future__ import annotations

LONGEST = 63
"""Bytes; a longer name would be cut (PostgreSQL's manual, 4.1.1)."""


def identifier(name: str) -> str:
    """A name in double quotes; raise ValueError for one that PostgreSQL would cut or cannot hold."""
    if not name.isprintable() or not 0 < len(name.encode()) <= LONGEST:
        raise ValueError(f"{name!r} can't be a name in PostgreSQL")
    # A single percent sign would be taken for the place of a value.
    return '"' + name.replace('"', '""').replace("%", "%%") + '"'
