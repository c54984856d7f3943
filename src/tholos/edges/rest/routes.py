"""Routes: which command answers to a method and a path, from what the commands declare."""

from __future__ import annotations

import re
import typing
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from urllib.parse import quote, unquote

from tholos.edges.rest.fields import Field, fields_of
from tholos.edges.rest.problem import Problem
from tholos.kernel.command import COMMANDS, Command, Parameter
from tholos.kernel.types import printable

PREFIX = "/api/v2"
_NAME = re.compile(r"\{(\w+)\}")
_ANY = "{}"


@dataclass(frozen=True)
class Route:
    """A command's method and path; ``many`` tells whether it reads a list."""

    command: Command

    @cached_property
    def method(self) -> str:
        """The HTTP method."""
        return self.command.rest.partition(" ")[0]

    @cached_property
    def path(self) -> str:
        """The path below /api/v2, with the names of its parameters in braces."""
        return self.command.rest.partition(" ")[2]

    @cached_property
    def segments(self) -> tuple[str, ...]:
        """The parts of the path."""
        return tuple(self.path[1:].split("/"))

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The parameters in the path."""
        return tuple(_NAME.findall(self.path))

    @cached_property
    def others(self) -> tuple[Parameter, ...]:
        """The parameters that stand in the body, or in the query of a GET."""
        return tuple(slot for slot in self.command.parameters if slot.name not in self.names)

    @cached_property
    def fields(self) -> tuple[Field, ...]:
        """What stands in the body: the same, with a list in the place of arguments that are one."""
        return tuple(fields_of(self.others, making=self.method == "POST"))

    @cached_property
    def many(self) -> bool:
        """Whether the command gives a list."""
        return typing.get_origin(typing.get_type_hints(self.command.function).get("return")) in _LISTS

    def at(self, values: Mapping[str, str]) -> str:
        """The path with values in the place of its parameters (RFC 3986, 2.1)."""
        return PREFIX + self.below(values)

    def below(self, values: Mapping[str, str]) -> str:
        """The same without what all paths begin with."""
        return _NAME.sub(lambda found: quote(values[found[1]], safe=""), self.path)


_LISTS = (list, tuple, Sequence)
Values = Mapping[str, str]


@dataclass
class _Node:
    """What may follow at one place of a path."""

    literal: dict[str, _Node] = field(default_factory=dict)
    parameter: _Node | None = None
    routes: dict[str, Route] = field(default_factory=dict)


class Routes:
    """Every route. No path fits two of them: that would hide an object whose name is a word of a path."""

    def __init__(self, commands: Iterable[Command]) -> None:
        self.all = tuple(Route(command) for command in commands if command.rest)
        self._readable = {_forms(route): route for route in self.all if _is_readable(route)}
        self._root = _Node()
        for route in self.all:
            self._add(route)

    def _add(self, route: Route) -> None:
        node = self._root
        for segment in route.segments:
            if segment.startswith("{"):
                node.parameter = node = node.parameter or _Node()
            else:
                node = node.literal.setdefault(segment, _Node())
        node.routes[route.method] = route

    def find(self, method: str, path: str) -> tuple[Route, Values]:
        """The route for a request and what its path holds; a Problem when there is none."""
        segments = segments_of(path)
        node = next(_matches(self._root, segments), None)
        methods = node.routes if node else {}
        if not methods:
            raise Problem("not-found", f"nothing is at {printable(path)}")
        if method not in methods:
            allowed = ", ".join(sorted({*methods, *(["HEAD"] if "GET" in methods else [])}))
            raise Problem("method-not-allowed", f"use one of: {allowed}", headers=(("allow", allowed),))
        return methods[method], _values(methods[method], segments)

    def reading(self, changing: Route, path: str) -> tuple[Route, Values] | None:
        """The resource that the path of a change names or lies in: the nearest that can be read."""
        forms = _forms(changing)
        for length in range(len(forms), 0, -1):
            route = self._readable.get(forms[:length])
            if route is not None:
                return route, _values(route, segments_of(path))
        return None

    def item_of(self, route: Route) -> Route | None:
        """The route that reads what a POST to a collection makes, if there is one."""
        forms = _forms(route)
        return self._readable.get((*forms, _ANY)) or self._readable.get((*forms, _ANY, _ANY))


@cache
def all_routes() -> Routes:
    """The routes; commands are known before the first engine of a process is made, and the same for every other."""
    return Routes(COMMANDS.values())


def _is_readable(route: Route) -> bool:
    return route.method == "GET" and route.command.resource is not None


def _forms(route: Route) -> tuple[str, ...]:
    """The parts of a route's path, whatever its parameters are called."""
    return tuple(_ANY if segment.startswith("{") else segment for segment in route.segments)


def segments_of(path: str) -> tuple[str, ...]:
    """The parts of a path, each without its percent signs."""
    return tuple(unquote(part) for part in path[1:].split("/"))


def _values(route: Route, segments: Sequence[str]) -> Values:
    placed = zip(route.segments, segments, strict=False)
    return {name[1:-1]: value for name, value in placed if name.startswith("{")}


def _matches(node: _Node, segments: Sequence[str]) -> Iterator[_Node]:
    if not segments:
        if node.routes:
            yield node
        return
    if segments[0] in node.literal:
        yield from _matches(node.literal[segments[0]], segments[1:])
    if node.parameter is not None and segments[0]:
        yield from _matches(node.parameter, segments[1:])
