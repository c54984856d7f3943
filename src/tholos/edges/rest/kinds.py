"""Argument types as JSON: which JSON type stands for each, and how its value becomes the text that commands take.

Most types say it by what they are. A type may say more: ``switch`` are the two words that true and false stand for,
``listed`` makes a list of a text with commas, ``whole`` are the least and the greatest of a text that is a number, and
``null`` is the text that null stands for. The fields of ``body``, a struct, stand in the request's own object, and
``from_body`` makes the text of them. ``from_json`` makes the text of a value whose type another argument decides, which
stands in the path, and ``from_shown`` that of a text which a GET shows in a longer form. ``parts`` are the arguments,
by the names that a GET has for them, that may be sent as one object.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, cast

import msgspec

from tholos.kernel.errors import Invalid
from tholos.kernel.types import Choice, Flag, Number, Parsed, printable

Shape = Literal["integer", "boolean", "array", "object", "any", "string"]
_NAMES = {"integer": "a whole number", "boolean": "true or false", "array": "a list of strings", "string": "a string"}
_LARGEST = 2**63


def shape(kind: type[Parsed]) -> Shape:
    """The JSON type of an argument type."""
    if issubclass(kind, Number) or hasattr(kind, "whole"):
        return "integer"
    if switch(kind) is not None:
        return "boolean"
    if issubclass(kind, tuple) or getattr(kind, "listed", False):
        return "array"
    if hasattr(kind, "body"):
        return "object"
    return "any" if hasattr(kind, "from_json") else "string"


def bounds(kind: type[Parsed]) -> tuple[int, int]:
    """The least and the greatest value of a type whose shape is an integer."""
    number = cast(Any, kind)
    return number.whole if hasattr(kind, "whole") else (number.lowest, number.highest)


def switch(kind: type[Parsed]) -> tuple[str, str] | None:
    """The words that true and false stand for; None where a type has none."""
    if issubclass(kind, Flag) or (issubclass(kind, Choice) and set(kind.words) == {"yes", "no"}):
        return "yes", "no"
    return getattr(kind, "switch", None)


def from_object(kind: type[Parsed], fields: dict[str, Any]) -> str:
    """The text of an argument whose fields stand in the body; raise Invalid naming the field that is wrong."""
    described = cast(Any, kind)
    try:
        return str(described.from_body(msgspec.convert(_whole(fields), described.body)))
    except msgspec.ValidationError as error:
        reason, _, place = str(error).partition(" - at `$")
        name = place.strip(".`") or reason.rpartition(" field ")[2].strip("`")
        raise Invalid(f"invalid {printable(name)} format :: {printable(reason)}", argument=printable(name)) from None


def _whole(value: Any) -> Any:
    """A JSON value in which a number such as 3.0 is a whole one, as JSON Schema has it."""
    if isinstance(value, dict):
        return {name: _whole(part) for name, part in value.items()}
    return int(value) if isinstance(value, float) and _is_whole(value) else value


def from_json(kind: type[Parsed], value: Any, argument: str, placed: Mapping[str, str]) -> str:
    """The text of a JSON value; raise Invalid when it is of another JSON type. ``placed`` are values in the path."""
    match shape(kind):
        case "any":
            found: str | None = cast(Any, kind).from_json(_whole(value), placed)
            if found is None:
                raise Invalid(f"invalid {argument} format :: it is of another JSON type", argument=argument)
            return found
        case "integer" if _is_whole(value):
            return str(int(value))
        case "boolean" if isinstance(value, bool):
            return _word(kind, value)
        case "array":
            # An empty list is written as its type writes it, because no text at all means "left out".
            return ",".join(items_of(value, argument)) or str(kind())
        case "string" if isinstance(value, str):
            return cast(Any, kind).from_shown(value, placed) if hasattr(kind, "from_shown") else value
    raise _unexpected(argument, shape(kind))


def items_of(value: Any, argument: str) -> list[str]:
    """The texts of a JSON list; raise Invalid when it is none, or has another thing in it."""
    if isinstance(value, list) and all(_is_item(item) for item in value):
        return value
    raise _unexpected(argument, "array")


def _unexpected(argument: str, wanted: Shape) -> Invalid:
    return Invalid(f"invalid {argument} format :: expected {_NAMES[wanted]}", argument=argument)


def from_query(kind: type[Parsed], text: str, argument: str) -> str:
    """As from_json, for a value in a query: its text, except that booleans are true and false."""
    if shape(kind) != "boolean":
        return text
    if text not in ("true", "false"):
        raise Invalid(f"invalid {argument} format :: expected true or false", argument=argument)
    return _word(kind, text == "true")


def _word(kind: type[Parsed], on: bool) -> str:
    words = switch(kind)
    assert words is not None  # Its shape is boolean.
    return words[0] if on else words[1]


def _is_whole(value: Any) -> bool:
    """JSON Schema counts 1.0 as an integer too."""
    if isinstance(value, float):
        return value.is_integer() and abs(value) < _LARGEST
    return isinstance(value, int) and not isinstance(value, bool) and abs(value) < _LARGEST


def _is_item(item: Any) -> bool:
    """A comma would make two items of one."""
    return isinstance(item, str) and item != "" and "," not in item
