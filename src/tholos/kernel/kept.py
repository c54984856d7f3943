"""What is kept to be found again, within so many bytes: a number of things alone bounds nothing, when customers choose
how large each is."""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock
from typing import Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")
_ENTRY = 512
"""Bytes that a thing costs beside its size, about."""


class Kept(Generic[K, V]):
    """Things by their keys; those that were not asked for for longest give way."""

    def __init__(self, most_bytes: int) -> None:
        self._kept: OrderedDict[K, tuple[V, int]] = OrderedDict()
        self._most = most_bytes
        self._lock = Lock()
        self.size = 0

    def __len__(self) -> int:
        return len(self._kept)

    def get(self, key: K) -> V | None:
        """What is kept for a key, or None."""
        with self._lock:
            kept = self._kept.get(key)
            if kept is None:
                return None
            self._kept.move_to_end(key)
            return kept[0]

    def put(self, key: K, value: V, size: int) -> None:
        """Keep a thing that takes so many bytes with its key; one that would take half of the room is not kept."""
        cost = _ENTRY + size
        with self._lock:
            self._drop(key)
            if cost > self._most // 2:
                return
            self._kept[key] = (value, cost)
            self.size += cost
            while self.size > self._most:
                self._drop(next(iter(self._kept)))

    def _drop(self, key: K) -> None:
        kept = self._kept.pop(key, None)
        if kept is not None:
            self.size -= kept[1]
