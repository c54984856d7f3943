"""Serials of zones (RFC 1982; ``state.json``: dns.conf, SERIAL)."""

from __future__ import annotations

FIRST = 3_000_000_000
"""Above every serial of the form YYYYMMDDNN, so that secondaries take it for the newer one."""
_LAST = 2**32 - 1
_DATED = range(1_970_000_000, FIRST)


def following(serial: int) -> int:
    """The serial after this one: one more, and from the last on to 1; one that is a date starts anew at ``FIRST``."""
    if serial in _DATED:
        return FIRST
    return 1 if serial >= _LAST else serial + 1
