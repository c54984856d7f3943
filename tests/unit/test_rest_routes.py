"""Every command has a route or a reason, no two routes fit one path, and the OpenAPI document says all of it."""

from __future__ import annotations

import json
import re
from collections import Counter
from itertools import combinations
from pathlib import Path
from typing import Any, get_type_hints

import msgspec
from openapi_spec_validator import validate
from tests.every import every

from tholos.edges.rest.absent import ABSENT
from tholos.edges.rest.openapi import document
from tholos.edges.rest.problem import KINDS
from tholos.edges.rest.routes import Route, Routes
from tholos.edges.rest.schemas import argument
from tholos.kernel.command import COMMANDS, Command, load
from tholos.kernel.types import Parsed

load()
ROUTES = Routes(COMMANDS.values())
ROUTES_DOC = Path(__file__).parents[2] / "docs" / "rest.md"
DOCUMENT: dict[str, Any] = json.loads(document(ROUTES))
EVERY_ROUTE = every({route.command.rest: route for route in ROUTES.all})
EVERY_TYPE = every({slot.type.__name__: slot.type for command in COMMANDS.values() for slot in command.parameters})


@every(COMMANDS)
def test_every_command_has_a_route_or_a_reason(command: Command) -> None:
    assert bool(command.rest) != (command.legacy in ABSENT), "give it rest= or a reason in edges/rest/absent.py"


def test_every_reason_is_about_a_command() -> None:
    assert set(ABSENT) <= set(COMMANDS)


@EVERY_ROUTE
def test_a_route_that_reads_shows_something(route: Route) -> None:
    if route.method == "GET":
        assert route.command.resource is not None, "give it resource="
    assert route.method == "GET" or route.command.changes or not route.many


@EVERY_ROUTE
def test_deleting_needs_no_body(route: Route) -> None:
    if route.method == "DELETE":
        assert not [slot for slot in route.others if slot.required], "many clients send no body with DELETE"


@EVERY_ROUTE
def test_what_is_made_can_be_named(route: Route) -> None:
    made = ROUTES.item_of(route) if route.method == "POST" else None
    if made is not None and route.command.resource is None:
        told = getattr(get_type_hints(route.command.function)["return"], "_fields", ())
        assert set(made.names) <= {*told, *(slot.name for slot in route.command.parameters if slot.required)}


def test_no_path_fits_two_routes() -> None:
    paths = {route.segments for route in ROUTES.all}
    assert [pair for pair in combinations(sorted(paths), 2) if _overlap(*pair)] == []


def _overlap(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Two paths that some request fits, unless only the names of their parameters differ."""
    together = list(zip(one, other, strict=False))
    fits = len(one) == len(other) and all(a == b or "{" in a + b for a, b in together)
    return fits and any(("{" in a) != ("{" in b) for a, b in together)


def test_the_document_is_valid() -> None:
    validate(DOCUMENT)


def test_every_route_is_an_operation() -> None:
    operations = [item for path in DOCUMENT["paths"].values() for item in path.values()]
    names = Counter(item["operationId"] for item in operations)
    assert set(names) == {route.command.name for route in ROUTES.all} | {"whoami"}
    assert max(names.values()) == 1
    for item in operations:
        assert "default" in item["responses"]
        assert {"401", "403", "422"} <= set(item["responses"])


def test_no_two_resources_share_a_name() -> None:
    assert [name for name in DOCUMENT["components"]["schemas"] if "." in name] == []


def test_times_are_declared_as_such() -> None:
    shown = DOCUMENT["components"]["schemas"]
    for name, schema in shown.items():
        for field, kind in schema["properties"].items():
            if field in ("at", "created", "expires"):
                assert "date-time" in json.dumps(kind), f"{name}.{field} is no Moment"


def test_problems_are_documented() -> None:
    text = ROUTES_DOC.read_text()
    for kind, (status, _) in KINDS.items():
        assert re.search(rf"^\| `/problems/{kind}` \| {status} \|", text, re.M), kind


@EVERY_TYPE
def test_an_example_fits_its_schema(kind: type[Parsed]) -> None:
    schema = argument(kind)
    if "pattern" in schema:
        assert re.match(schema["pattern"], kind.example)
    if "enum" in schema:
        assert kind.example in schema["enum"]
    assert msgspec.json.decode(msgspec.json.encode(schema)) == schema
