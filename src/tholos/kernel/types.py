"""Restricted types: the only way a value that somebody typed enters the system.

A type is a class with ``parse(raw, argument)``, which returns a value of the class or raises Invalid with the
argument's name, the reason and what would be right. Facts: ``validators.json``.

No type accepts a character that cannot be seen or written: controls, lone surrogates, separators of lines, zero-width
and bidirectional marks (``str.isprintable``). What parsing costs grows no faster than the value's length.
"""

from __future__ import annotations

import re
from typing import ClassVar, NamedTuple, Protocol, Self

from tholos.kernel.errors import Invalid


class Parsed(Protocol):
    """What every argument type offers."""

    expected: ClassVar[str]
    example: ClassVar[str]

    @classmethod
    def parse(cls, raw: str, argument: str) -> object:
        """Give the typed value of ``raw``, or raise Invalid naming ``argument``."""
        ...


class Together(NamedTuple):
    """What several arguments of a type, side by side, are as one list: its name, and an example as short as it may be.

    A type says it as ``together``; edges that know lists have the list in their place.
    """

    name: str
    example: tuple[str, ...]


class Text(str):
    """A string restricted by a length and a pattern; subclasses say which.

    ``pattern`` must match the whole value, and must not be able to match one text in two ways (no nested repetition).
    ``expected`` finishes the sentence "expected ..." in a refusal.
    """

    __slots__ = ()
    pattern: ClassVar[re.Pattern[str]]
    max_length: ClassVar[int] = 400
    expected: ClassVar[str] = "text"
    example: ClassVar[str] = ""
    schema_format: ClassVar[str | None] = None

    @classmethod
    def accepts(cls, raw: str) -> bool:
        """Tell whether ``raw`` is a value of this type."""
        return len(raw) <= cls.max_length and raw.isprintable() and cls.pattern.fullmatch(raw) is not None

    @classmethod
    def refusal(cls, raw: str, argument: str) -> Invalid:
        """The refusal for ``raw``; its first words are those that clients know."""
        return Invalid(f"invalid {argument} format :: {printable(raw)}", argument=argument)

    @classmethod
    def parse(cls, raw: str, argument: str) -> Self:
        """Give the typed value or raise Invalid."""
        if not cls.accepts(raw):
            raise cls.refusal(raw, argument)
        return cls(raw)


def printable(raw: str) -> str:
    """Make refused input safe to print in one line of a log, a terminal or an answer."""
    shown = raw[:200]
    return shown if shown.isprintable() else "".join(sign if sign.isprintable() else "?" for sign in shown)


class Choice(Text):
    """One of a fixed set of words, in exact case."""

    __slots__ = ()
    words: ClassVar[tuple[str, ...]] = ()

    @classmethod
    def accepts(cls, raw: str) -> bool:
        return raw in cls.words


_DIGITS = 10
"""Digits that a number may have, zeros in front of it among them, unless its type needs more."""


class Number(int):
    """A whole number from 0, written in decimal digits."""

    lowest: ClassVar[int] = 0
    highest: ClassVar[int] = 2**31 - 1
    expected: ClassVar[str] = "a whole number"
    example: ClassVar[str] = "10"

    @classmethod
    def parse(cls, raw: str, argument: str) -> Self:
        """Give the number or raise Invalid."""
        longest = max(_DIGITS, len(str(cls.highest)))
        if not (raw.isascii() and raw.isdigit() and len(raw) <= longest and cls.lowest <= int(raw) <= cls.highest):
            raise Invalid(f"invalid {argument} format :: {printable(raw)}", argument=argument)
        return cls(raw)


class Flag:
    """Yes or no."""

    expected: ClassVar[str] = "yes or no"
    example: ClassVar[str] = "yes"

    @classmethod
    def parse(cls, raw: str, argument: str) -> bool:
        """Give True for yes and False for no, or raise Invalid."""
        if raw not in ("yes", "no"):
            raise Invalid(f"invalid {argument} format :: {printable(raw)}", argument=argument)
        return raw == "yes"
