"""A secret on its way through the engine."""

from __future__ import annotations


class Secret:
    """Bytes that are shown only where somebody asks for them: not when printed, logged, compared or encoded."""

    __slots__ = ("_value",)

    def __init__(self, value: bytes) -> None:
        self._value = value

    def reveal(self) -> bytes:
        """The bytes themselves."""
        return self._value

    def __repr__(self) -> str:
        return "Secret(...)"
