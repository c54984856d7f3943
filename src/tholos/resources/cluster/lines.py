"""Stored records as text: ``KEY='value'`` pairs with one blank between (``state.json``). It is data, never code."""

from __future__ import annotations

import re
from collections.abc import Mapping

from tholos.kernel.errors import Invalid

_PAIR = re.compile(r" *([A-Z][A-Z0-9_]{0,31})='([^']*)'(?: |$)")


def parse_line(text: str) -> dict[str, str]:
    """The pairs of a line, in their order; Invalid when there is anything else in it, or a key twice."""
    found: dict[str, str] = {}
    place, text = 0, text.strip()
    while place < len(text):
        match = _PAIR.match(text, place)
        if match is None or match[1] in found:
            raise Invalid(f"invalid data format :: nothing like KEY='value' at {place + 1}", argument="data")
        found[match[1]] = match[2]
        place = match.end()
    return found


def make_line(pairs: Mapping[str, str]) -> str:
    """The line of some pairs; ValueError when a value holds what would end it."""
    for value in pairs.values():
        if "'" in value or not value.isprintable():
            raise ValueError("a value must not hold an apostrophe or anything that cannot be seen")
    return " ".join(f"{key}='{value}'" for key, value in pairs.items())
