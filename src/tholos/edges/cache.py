"""The last answers of reading commands, each good until the next commit that changes anything."""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock
from typing import Any

MOST_BYTES = 16 * 1024 * 1024
"""Size of all kept texts together, with the values that they were asked for by."""
_ENTRY = 512
"""Bytes that an entry costs beside its texts, about."""

Key = tuple[str, tuple[str, ...], bool]
"""A command's name, its values, and whether its caller sees secrets: all that an answer depends on but the state."""


class ReadCache:
    """Answers by command and values; an answer counts only at the generation at which it was read."""

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self._kept: OrderedDict[Key, tuple[int, Any, int]] = OrderedDict()
        self._bytes = 0
        self._most = most_bytes
        self._lock = Lock()

    def get(self, key: Key, generation: int) -> Any | None:
        """The answer kept for a key at this generation, or None."""
        kept = self._kept.get(key)
        return kept[1] if kept is not None and kept[0] == generation else None

    def put(self, key: Key, generation: int, answer: Any, size: int) -> None:
        """Keep an answer of a size in bytes; the oldest give way, and what is too large is not kept."""
        cost = _ENTRY + size + len(key[0]) + sum(map(len, key[1]))
        with self._lock:
            self._drop(key)
            if cost > self._most // 2:
                return
            self._kept[key] = (generation, answer, cost)
            self._bytes += cost
            while self._bytes > self._most:
                self._drop(next(iter(self._kept)))

    def _drop(self, key: Key) -> None:
        kept = self._kept.pop(key, None)
        if kept is not None:
            self._bytes -= kept[2]
