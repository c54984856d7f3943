"""Reading a request: from its path, query and JSON body to the positional values of the command."""

from __future__ import annotations

from typing import Any, NamedTuple
from urllib.parse import parse_qsl

import msgspec

from tholos.edges.rest import kinds
from tholos.edges.rest.fields import Field
from tholos.edges.rest.problem import Problem
from tholos.edges.rest.routes import Route, Values
from tholos.kernel.call import HttpRequest
from tholos.kernel.command import Parameter
from tholos.kernel.errors import Invalid
from tholos.kernel.types import printable

MOST_IN_QUERY = 100
"""Parameters of a query at most."""
Query = dict[str, str]


class Asked(NamedTuple):
    """What a request asks for: the command's values by position, whether only for the plan, and what the query adds.

    ``path`` is the request's path in its one spelling.
    """

    values: tuple[str, ...]
    dry_run: bool
    query: Query
    path: str


def read_asked(route: Route, placed: Values, request: HttpRequest) -> Asked:
    """Give what is asked; raise Invalid naming the argument, or a Problem when the request cannot be read."""
    query = _query(request.query)
    given = dict(placed)
    if route.method == "GET":
        for slot in route.others:
            if slot.name in query:
                given[slot.name] = kinds.from_query(slot.type, query.pop(slot.name), slot.name)
    else:
        given |= _fields(route, placed, _body(request))
    dry_run = route.command.changes and _flag(query, "dry_run")
    if query and not (route.method == "GET" and route.many):
        unknown = printable(next(iter(query)))
        raise Invalid(f"unknown parameter {unknown} in the query", argument=unknown)
    return Asked(positions(route, given), dry_run, query, route.at(placed))


def positions(route: Route, given: Values) -> tuple[str, ...]:
    """Values by name as the command line has them, empty where left out; raise Invalid for one that is required."""
    for field in route.fields:
        if field.required and field.slots[0].name not in given:
            raise Invalid(f"{field.name} is required", argument=field.name)
    for slot in route.command.parameters:
        _require_form(slot, given.get(slot.name, ""))
    return known_positions(route, given)


def _require_form(slot: Parameter, text: str) -> None:
    """Raise Invalid for what a command refuses late, as the reference does: here the form of a request comes first.

    What may be the name of a file is not looked at: its content counts.
    """
    named = getattr(slot.type, "secret", False) or getattr(slot.type, "from_file", False)
    if slot.late and not named and (text or slot.required):
        slot.parse(text, slot.name)


def known_positions(route: Route, given: Values) -> tuple[str, ...]:
    """As positions, of whatever is there."""
    return tuple("" if isinstance(slot, str) else given.get(slot.name, "") for slot in route.command.slots)


def _query(text: str) -> Query:
    try:
        pairs = parse_qsl(text, keep_blank_values=True, max_num_fields=MOST_IN_QUERY)
    except ValueError:
        raise Problem("bad-request", f"the query has more than {MOST_IN_QUERY} parameters") from None
    found = dict(pairs)
    if len(found) < len(pairs):
        raise Problem("bad-request", "a parameter stands in the query twice")
    return found


def _flag(query: Query, name: str) -> bool:
    text = query.pop(name, "false")
    if text not in ("true", "false"):
        raise Invalid(f"invalid {name} format :: expected true or false", argument=name)
    return text == "true"


def _fields(route: Route, placed: Values, body: dict[str, Any]) -> Query:
    spread = next((slot for slot in route.others if kinds.shape(slot.type) == "object"), None)
    known = {field.name: field for field in route.fields if spread not in field.slots}
    others = {name: value for name, value in body.items() if name not in known}
    found: Query = {}
    for name, value in body.items():
        if name in known:
            texts = _texts(known[name], value, placed)
            if texts.keys() & found.keys():
                raise Invalid(f"invalid {name} format :: it is given twice", argument=name)
            found |= texts
    if spread is not None:
        return found | {spread.name: kinds.from_object(spread.type, _without_path(placed, others))}
    for name in others:
        raise Invalid(f"unknown field {printable(name)}", argument=printable(name))
    return found


def _without_path(placed: Values, fields: dict[str, Any]) -> dict[str, Any]:
    """What a GET gives may be sent back with the names that stand in the path too, as long as they are the same."""
    for name, value in fields.items():
        if name in placed and value != placed[name]:
            raise Invalid(f"invalid {name} format :: it is another one than in the path", argument=name)
    return {name: value for name, value in fields.items() if name not in placed}


def _texts(field: Field, value: Any, placed: Values) -> Query:
    """The texts of the arguments that a field is."""
    if field.parts and isinstance(value, dict):
        return _parts(field, value, placed)
    if value is None and field.null is not None:
        return {field.name: field.null}
    if field.together is None:
        return {field.name: _text(field.slots[0], value, placed)}
    items, fewest = kinds.items_of(value, field.name), len(field.together.example)
    if not fewest <= len(items) <= len(field.slots):
        wanted = f"expected {fewest} to {len(field.slots)} of them"
        raise Invalid(f"invalid {field.name} format :: {wanted}", argument=field.name)
    given = dict(zip(field.slots, items, strict=False))
    for slot, item in given.items():
        # Who sends a list knows no names of its places, which a later refusal would have.
        slot.parse(item, field.name)
    return {slot.name: item for slot, item in given.items()}


def _parts(field: Field, value: dict[str, Any], placed: Values) -> Query:
    for name in value:
        if name not in field.parts:
            raise Invalid(f"unknown field {printable(name)} in {field.name}", argument=field.name)
    given = {field.parts[name]: part for name, part in value.items()}
    return {slot.name: _text(slot, part, placed) for slot, part in given.items()}


def _text(slot: Parameter, value: Any, placed: Values) -> str:
    text = kinds.from_json(slot.type, value, slot.name, placed)
    if text == "" and not slot.required:
        # On a command line this would mean "left out"; here it is a value like any other.
        slot.type.parse(text, slot.name)
    return text


def _body(request: HttpRequest) -> dict[str, Any]:
    if not request.body:
        return {}
    media_type = request.headers.get("content-type", "application/json").partition(";")[0].strip().lower()
    if media_type != "application/json":
        raise Problem("media-type", "send the body as application/json")
    try:
        found = msgspec.json.decode(request.body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Problem("bad-request", f"the body is no JSON: {printable(str(error))}") from None
    if not isinstance(found, dict):
        raise Problem("bad-request", "the body must be a JSON object")
    return found
