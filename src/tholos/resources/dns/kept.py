"""The names of the zones that were changed last, as they were printed: a change of one prints nothing else again.

What is kept of a zone is what there is of it now, so a zone takes its own size however often it is changed.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from threading import Lock
from typing import NamedTuple

from tholos.resources.dns.owner import Entry, Owner, size_of

MOST_BYTES = 24 * 1024 * 1024
"""Size of all that is kept, about."""


class _Name(NamedTuple):
    entries: Sequence[Entry]
    made: Owner
    size: int


class _Zone(NamedTuple):
    names: Mapping[str, _Name]
    size: int


class KeptNames:
    """Names by their zones; those of the zones that were not looked at for longest give way.

    Of a zone that is too large by itself the first names are kept, so that what is not grows with the rest alone.
    """

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self._zones: OrderedDict[str, _Zone] = OrderedDict()
        self._most = most_bytes
        self._lock = Lock()
        self.size = 0

    def names(
        self,
        zone: str,
        ttl: int,
        grouped: Mapping[str, Sequence[Entry]],
        make: Callable[[str, Sequence[Entry]], Owner],
    ) -> dict[str, Owner]:
        """What there is of each name, as it is kept unless something about it has changed."""
        before = self._zones.get(zone, _Zone({}, 0)).names
        owners: dict[str, Owner] = {}
        kept: dict[str, _Name] = {}
        total = size = 0
        for key, entries in grouped.items():
            known = before.get(key)
            if known is None or known.entries != entries or known.made.ttl not in (None, ttl):
                made = make(key, entries)
                known = _Name(entries, made, size_of(key, entries, made))
            owners[key] = known.made
            size += known.size
            if size <= self._most:
                kept[key] = known
                total = size
        self._keep(zone, _Zone(kept, total))
        return owners

    def _keep(self, zone: str, names: _Zone) -> None:
        with self._lock:
            before = self._zones.pop(zone, None)
            self.size += names.size - (before.size if before is not None else 0)
            self._zones[zone] = names
            while self.size > self._most:
                self.size -= self._zones.popitem(last=False)[1].size
