"""Arguments whose faults are told after what the state has against a call, as the facts order the checks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

from tholos.kernel.errors import Invalid

Value = TypeVar("Value")


class Late(Generic[Value]):
    """An argument that has been parsed, and whose refusal is told where the command asks for it, not before.

    A command declares it as ``Late[TYPE]``, and takes the value where the facts have that check.
    """

    def __init__(self, raw: str, parse: Callable[[], Value]) -> None:
        self._raw = raw
        self._refusal: Invalid | None = None
        try:
            self._value = parse()
        except Invalid as refusal:
            self._refusal = refusal

    def take(self) -> Value:
        """Give the typed value; raise the Invalid that its type had for it."""
        if self._refusal is not None:
            raise self._refusal
        return self._value

    def prepare(self) -> None:
        """Have the value do what takes long, in the caller's own thread."""
        if self._refusal is None and hasattr(self._value, "prepare"):
            self._value.prepare()

    def __str__(self) -> str:
        return self._raw if self._refusal is not None else str(self._value)
