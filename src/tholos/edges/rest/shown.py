"""Representations: a record as its resource in JSON, a list a page at a time, and the entity tag of either."""

from __future__ import annotations

import hashlib
import re
import typing
from collections.abc import Hashable, Sequence
from datetime import date, datetime
from functools import cache
from typing import Any, NamedTuple, cast
from urllib.parse import urlencode

import msgspec

from tholos.edges.rest.asked import Query
from tholos.edges.rest.routes import Route
from tholos.kernel.errors import Invalid
from tholos.kernel.tx import Page
from tholos.kernel.types import printable
from tholos.resources.shown import Moment

LIMIT, MOST = 100, 500
"""How many items a page has when nothing is said, and at most."""
MOST_SKIPPED = 2**31
MOST_STORED = 2**63 - 1
_TIMES = (Moment, date)
_FILTERED: dict[Any, Any] = {**{kind: kind for kind in (str, int, float, bool, date)}, datetime: Moment}
"""The types of fields by which a list is filtered, and that of the value."""
SINCE, BEFORE = "_since", "_before"
PLAIN = (str, int)
"""Resources that are one plain value."""


def _plain(value: Any) -> Any:
    """A value of an argument type, which is a string or number with a class of its own, as JSON has it."""
    return str(value) if isinstance(value, str) else int(value)


_OFFSET = re.compile(r" (?=[0-9]{2}:[0-9]{2}$)")
_ENCODER = msgspec.json.Encoder(enc_hook=_plain)


class Shown(NamedTuple):
    """A representation and its entity tag (RFC 9110, 8.8.3).

    A resource's tag has two parts, see ``of_state``: the first is about all that is shown, so that nobody keeps an old
    figure, and the second about what calls change, so that a figure that was measured keeps nobody from a change. The
    class of a resource names as ``unsteady`` what changes without a call about it.
    """

    body: bytes
    etag: str


class Window(NamedTuple):
    """Which part of a list is shown: the fields that must be equal, how many items, and after how many."""

    filters: dict[str, Any]
    limit: int
    offset: int


def encoded(value: Any) -> Shown:
    """Anything as JSON, with a strong entity tag: equal bytes, equal tag."""
    return tagged(_ENCODER.encode(value))


def tagged(body: bytes) -> Shown:
    """A representation with its tag."""
    return Shown(body, f'"{_digest(body)}"')


def of_state(tag: str) -> str:
    """The part of a tag that is about what calls change."""
    return tag.strip('"').rpartition("-")[2]


def _digest(content: bytes) -> str:
    return hashlib.blake2b(content, digest_size=15).hexdigest()


def _in_two_parts(value: Any, steady: Any, revision: int) -> Shown:
    """A representation whose tag has the part about what is ``steady`` of it, and how often the unseen was set."""
    body = _ENCODER.encode(value)
    state = (body if steady is value else _ENCODER.encode(steady)) + b"%d" % revision
    return Shown(body, f'"{_digest(body)}-{_digest(state)}"')


def _steady(one: Any) -> Any:
    """What of a resource changes by calls about it alone; its class, and those of its parts, name the others."""
    unsteady: frozenset[str] | None = getattr(type(one), "unsteady", None)
    if unsteady is None:
        return one
    return {name: _steady(getattr(one, name)) for name in one.__struct_fields__ if name not in unsteady}


def page_of(route: Route, query: Query) -> Page | None:
    """The page that a query asks for, which the database may find by itself."""
    if not route.many:
        return None
    wanted = window(route.command.resource, query)
    return Page(wanted.limit, wanted.offset, wanted.filters)


def shown(route: Route, value: Any, query: Query, path: str, total: int | None = None, *, revision: int = 0) -> Shown:
    """What a reading command returned, as its route shows it; ``total`` is given when that is one page already.

    ``revision`` is how often something of it was set that is not shown.
    """
    resource = route.command.resource
    if resource is None:
        raise TypeError(f"{route.command.name} has no resource")
    if not route.many:
        one = item(resource, value)
        return _in_two_parts(one, _steady(one), revision)
    wanted = window(resource, query)
    if total is None:
        value, total = _part(resource, value, wanted)
    after = wanted.offset + wanted.limit
    items = [item(resource, record) for record in value]
    page = {"items": items, "total": total, "next": _next(query, path, after) if after < total else None}
    steady = page if not hasattr(resource, "unsteady") else page | {"items": [_steady(one) for one in items]}
    return _in_two_parts(page, steady, revision)


def item(resource: type[Any], record: Any) -> Any:
    """One record as its resource."""
    return resource(record) if resource in PLAIN else resource.of(record)


def _part(resource: type[Any], records: Sequence[Any], wanted: Window) -> tuple[Sequence[Any], int]:
    """The records on a page, and how many there are on all."""
    found = [record for record in records if _fits(item(resource, record), wanted)] if wanted.filters else records
    return found[wanted.offset : wanted.offset + wanted.limit], len(found)


def _fits(one: Any, wanted: Window) -> bool:
    borders = limits(cast(Hashable, type(one)))
    return all(
        _is_within(one, name, borders[name][0], value) if name in borders else _has(one, name, value)
        for name, value in wanted.filters.items()
    )


def _is_within(one: Any, name: str, field: str, border: Any) -> bool:
    found = getattr(one, field)
    return found is not None and (found >= border if name.endswith(SINCE) else found < border)


def _next(query: Query, path: str, offset: int) -> str:
    return f"{path}?{urlencode({**query, 'offset': offset})}"


def _has(one: Any, name: str, value: Any) -> bool:
    found = getattr(one, name)
    return value in found if isinstance(found, list | tuple) else found == value


def window(resource: Any, query: Query) -> Window:
    """Read limit, offset and filters; raise Invalid for a filter that there is not."""
    known = filters(resource) | {name: kind for name, (_, kind) in limits(resource).items()}
    wanted: dict[str, Any] = {}
    for name, text in query.items():
        if name in ("limit", "offset"):
            continue
        if name not in known:
            raise Invalid(f"cannot filter by {printable(name)}", argument=printable(name))
        wanted[name] = _sought(name, text, known[name])
    return Window(wanted, _number(query, "limit", 1, MOST, LIMIT), _number(query, "offset", 0, MOST_SKIPPED, 0))


def _sought(name: str, text: str, kind: Any) -> Any:
    """The value that a filter names; raise Invalid."""
    is_time = kind in _TIMES
    # A plus sign that was not encoded has come as a blank.
    given = _OFFSET.sub("+", text) if is_time else text
    try:
        return _storable(msgspec.convert(given, kind, strict=is_time))
    except (msgspec.ValidationError, OverflowError):
        raise Invalid(f"invalid {name} format :: {printable(text)}", argument=name) from None


def _storable(value: Any) -> Any:
    """The value, or OverflowError for a number that no column holds."""
    if isinstance(value, int) and abs(value) > MOST_STORED:
        raise OverflowError
    return value


def _number(query: Query, name: str, lowest: int, highest: int, default: int) -> int:
    text = query.get(name, str(default))
    if not (text.isascii() and text.isdigit() and len(text) <= 10 and lowest <= int(text) <= highest):
        raise Invalid(f"invalid {name} format :: expected a number from {lowest} to {highest}", argument=name)
    return int(text)


@cache
def limits(resource: Any) -> dict[str, tuple[str, Any]]:
    """The filters that say from when on and before when: the field of each, and the type of the value."""
    times = {name: kind for name, kind in filters(resource).items() if kind in _TIMES}
    return {f"{name}{end}": (name, kind) for name, kind in times.items() for end in (SINCE, BEFORE)}


@cache
def filters(resource: Any) -> dict[str, Any]:
    """The fields that a list can be filtered by, with the type of the value: plain values, times, and lists of values.

    What is null cannot be asked for: a word for it would be a value like any other.
    """
    if resource in PLAIN:
        return {}
    hints = typing.get_type_hints(resource)
    shown = [name for name in resource.__struct_fields__ if not name.startswith("secret")]
    found = {name: _filter_type(hints[name]) for name in shown}
    return {name: kind for name, kind in found.items() if kind is not None}


def _filter_type(hint: Any) -> Any:
    if typing.get_origin(hint) in (list, tuple, Sequence):
        return typing.get_args(hint)[0]
    if typing.get_origin(hint) is typing.Literal:
        return hint
    parts = [part for part in typing.get_args(hint) or (hint,) if part is not type(None)]
    return _FILTERED.get(parts[0]) if len(parts) == 1 else None
