"""Serials of zones (RFC 1982; ``state.json``: dns.conf, SERIAL): they never go back.

A server that copies a zone takes no version that is older than what it has.
"""

from __future__ import annotations

FIRST = 3_000_000_000
"""Above every serial of the form YYYYMMDDNN, so that secondaries take it for the newer one."""
SIGNER = 1_000_000
"""How far the server may be ahead with a zone that it signs: it counts by itself, once for each time it signs anew."""
_LAST = 2**32 - 1
_DATED = range(1_970_000_000, FIRST)


def following(serial: int) -> int:
    """The serial after this one: one more, and from the last on to 1; one that is a date starts anew at ``FIRST``."""
    if serial in _DATED:
        return FIRST
    return 1 if serial >= _LAST else serial + 1


def first_after(last: int | None) -> int:
    """The first serial of a zone; ``last`` is the last one of a zone that had the name before."""
    newer = last is None or 0 < (FIRST - last) % 2**32 < 2**31
    return FIRST if newer or last is None else following(last)


def after_signer(serial: int) -> int:
    """A serial after every one that the server may have given a zone that it signed."""
    return (serial + SIGNER) % 2**32 or 1
