"""The last answers of reading commands, each good until the next commit that changes anything."""

from __future__ import annotations

from typing import Any

from tholos.kernel.kept import Kept

MOST_BYTES = 16 * 1024 * 1024
"""Size of all kept texts together, with the values that they were asked for by."""

Key = tuple[str, tuple[str, ...], bool]
"""A command's name, its values, and whether its caller sees secrets: all that an answer depends on but the state."""


class ReadCache:
    """Answers by command and values; an answer counts only at the generation at which it was read."""

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self.kept: Kept[Key, tuple[int, Any]] = Kept(most_bytes)

    def get(self, key: Key, generation: int) -> Any | None:
        """The answer kept for a key at this generation, or None."""
        kept = self.kept.get(key)
        return kept[1] if kept is not None and kept[0] == generation else None

    def put(self, key: Key, generation: int, answer: Any, size: int) -> None:
        """Keep an answer of a size in bytes; those that were not asked for for longest give way."""
        self.kept.put(key, (generation, answer), size + len(key[0]) + sum(map(len, key[1])))
