"""Has the program that finds this on its path go by another clock, but for ``time.time``.

By that an engine speaks to its own name server, whose control channel takes no message of another time.
"""

from __future__ import annotations

import datetime
import os
import time
from datetime import datetime as real

AHEAD = int(os.environ["THOLOS_AHEAD"])
_time_ns = time.time_ns


class _Kind(type):
    """Whatever is a date and time is one of these too."""

    def __instancecheck__(cls, instance: object) -> bool:
        return isinstance(instance, real)


class Skewed(real, metaclass=_Kind):
    """The time of day as the other clock shows it."""

    @classmethod
    def now(cls, tz: datetime.tzinfo | None = None) -> real:  # type: ignore[override]
        """The time now."""
        return real.now(tz) + datetime.timedelta(seconds=AHEAD)


time.time_ns = lambda: _time_ns() + AHEAD * 1_000_000_000
datetime.datetime = Skewed  # type: ignore[misc]
