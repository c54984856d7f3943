"""What a zone that is transferred is served from until its first transfer: the file from which it was served before.

Without it the zone would be out of service for as long as its primary cannot be reached.
"""

from __future__ import annotations

import re

_SOA = re.compile(rb"( SOA \S+ \S+ )(\d+) ")
_RAW = b"\x00\x00\x00\x02"
"""How a file begins that named has written in a format of its own."""
MARK = len(_RAW)


def seed(text: bytes) -> bytes:
    """A master file of ours, older by one serial: so the primary's zone is taken whatever its serial was here."""
    return _SOA.sub(lambda found: b"%s%d " % (found[1], (int(found[2]) - 1) % 2**32), text, count=1)


def is_raw(beginning: bytes) -> bool:
    """Tell by its first ``MARK`` bytes whether a file is in the server's own format, which it writes unless told so."""
    return beginning == _RAW
