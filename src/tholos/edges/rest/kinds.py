"""Argument types as JSON: which JSON type stands for each, and how its value becomes the text that commands take."""

from __future__ import annotations

from typing import Any, Literal

from tholos.kernel.errors import Invalid
from tholos.kernel.types import Choice, Flag, Number, Parsed

Shape = Literal["integer", "boolean", "array", "string"]
_NAMES = {"integer": "a whole number", "boolean": "true or false", "array": "a list of strings", "string": "a string"}
_LARGEST = 2**63


def shape(kind: type[Parsed]) -> Shape:
    """The JSON type of an argument type."""
    if issubclass(kind, Number):
        return "integer"
    if issubclass(kind, Flag) or (issubclass(kind, Choice) and set(kind.words) == {"yes", "no"}):
        return "boolean"
    return "array" if issubclass(kind, tuple) else "string"


def from_json(kind: type[Parsed], value: Any, argument: str) -> str:
    """The text of a JSON value; raise Invalid when it is of another JSON type."""
    match shape(kind):
        case "integer" if _is_whole(value):
            return str(int(value))
        case "boolean" if isinstance(value, bool):
            return "yes" if value else "no"
        case "array" if isinstance(value, list) and all(_is_item(item) for item in value):
            # An empty list is written as its type writes it, because no text at all means "left out".
            return ",".join(value) if value else str(kind())
        case "string" if isinstance(value, str):
            return value
    raise Invalid(f"invalid {argument} format :: expected {_NAMES[shape(kind)]}", argument=argument)


def from_query(kind: type[Parsed], text: str, argument: str) -> str:
    """As from_json, for a value in a query: its text, except that booleans are true and false."""
    if shape(kind) != "boolean":
        return text
    if text not in ("true", "false"):
        raise Invalid(f"invalid {argument} format :: expected true or false", argument=argument)
    return "yes" if text == "true" else "no"


def _is_whole(value: Any) -> bool:
    """JSON Schema counts 1.0 as an integer too."""
    if isinstance(value, float):
        return value.is_integer() and abs(value) < _LARGEST
    return isinstance(value, int) and not isinstance(value, bool) and abs(value) < _LARGEST


def _is_item(item: Any) -> bool:
    """A comma would make two items of one."""
    return isinstance(item, str) and item != "" and "," not in item
