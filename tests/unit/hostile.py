"""Hostile text: one example of every class of bad input that the design names, and what types do with it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tholos.kernel.command import COMMANDS, Parameter, load
from tholos.kernel.types import Parsed

SIGNS = {
    "newline": "\n",
    "carriage return": "\r",
    "NUL": "\0",
    "tab": "\t",
    "escape": "\x1b[2J",
    "C1 control": "\x85",
    "line separator": "\u2028",
    "right to left": "\u202e",
    "zero width": "\u200b",
    "zero width joiner": "\u200d",
    "byte order mark": "\ufeff",
    "surrogate": "\ud800",
    "quote": "'",
    "double quote": '"',
    "backslash": "\\",
    "semicolon": ";",
    "brace": "{",
    "command": "$(id)",
    "backtick": "`id`",
    "percent": "%2e",
    "pipe": "|",
    "redirection": ">x",
    "ampersand": "&",
    "hash": "#",
    "colon": ":",
    "traversal": "/../",
    "dots": "..",
    "dash": "--help",
}
NEVER = frozenset(list(SIGNS)[:12])
"""What no type accepts; a password alone may hold what is merely invisible, because nobody but its hash sees it."""


def mixed(good: str, sign: str) -> Iterator[str]:
    """A good value with a sign before, after and inside it."""
    yield sign + good
    yield good + sign
    yield good[:1] + sign + good[1:]


def hostile(good: str) -> Iterator[tuple[str, str]]:
    """Every class of bad input by name, made from a good value."""
    for name, sign in SIGNS.items():
        for value in (sign, *mixed(good, sign)):
            yield name, value
    yield "leading dash", "-" + good
    yield "overlong", good + good[-1:] * 100_000
    yield "combining", "\u0301"
    yield "empty", ""


def parameters() -> Iterator[tuple[str, Parameter]]:
    """Every argument of every declared command, by the command's name."""
    load()
    for name, command in sorted(COMMANDS.items()):
        for parameter in command.parameters:
            yield name, parameter


def is_file(kind: type[Parsed]) -> bool:
    """Tell whether a type takes a whole file, which has lines and is refused by what is wrong inside it."""
    return getattr(kind, "from_file", False)


def argument_types() -> list[type[Parsed]]:
    """Every type of one line that an argument of a declared command has, by name."""
    kinds = {parameter.type for _, parameter in parameters() if not is_file(parameter.type)}
    return sorted(kinds, key=lambda kind: kind.__name__)


def as_text(value: Any) -> str:
    """A parsed value as somebody would type it again."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)
