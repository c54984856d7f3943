"""Whose a site of some name was when it sent something."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from sqlalchemy import func, select

from tholos.kernel.tx import State
from tholos.resources.idn import spellings
from tholos.resources.stats.model import site_tenures

Key = tuple[bytes, bytes]
"""A server's name, and the beginning of the milliseconds of 1970 (UTC) in which it sent something."""
_DIGITS = 13
_SETTLED = timedelta(days=3)
"""How long after a name went to another site lines may still be found that are older."""


def newest(state: State) -> int:
    """The number of the last tenure that began."""
    return int(state.value(select(func.coalesce(func.max(site_tenures.c.id), 0))))


class Tenures:
    """Every tenure by the name as nginx writes it; what has begun since is read when it is asked for."""

    def __init__(self) -> None:
        self.newest = 0
        self._of: dict[bytes, list[tuple[int, int]]] = defaultdict(list)

    def refresh(self, state: State) -> None:
        """Have every tenure that began until now."""
        later = select(site_tenures).where(site_tenures.c.id > self.newest).order_by(site_tenures.c.id)
        for row in state.rows(later):
            self._of[spellings(row.domain)[0].encode()].append((row.since, row.id))
            self.newest = row.id

    def contested(self, now: datetime) -> frozenset[bytes]:
        """Names that went from one site to another lately: of these it matters when exactly something was sent."""
        limit = (now - _SETTLED).timestamp() * 1000
        return frozenset(name for name, tenures in self._of.items() if len(tenures) > 1 and tenures[-1][0] > limit)

    def owners(self, keys: Iterable[Key]) -> Mapping[Key, int]:
        """The tenure of each key; names that never were a site's have none."""
        return {key: self._at(self._of[key[0]], key[1]) for key in keys if key[0] in self._of}

    @staticmethod
    def _at(tenures: list[tuple[int, int]], when: bytes) -> int:
        millisecond = int(when.ljust(_DIGITS, b"9"))
        found = bisect_right(tenures, millisecond, key=lambda tenure: tenure[0])
        return tenures[max(found - 1, 0)][1]
