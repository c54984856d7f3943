"""The OpenAPI 3.1 document, from the declarations that answer: operations are commands, schemas are their types."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from http import HTTPStatus
from typing import Any

import msgspec

from tholos import __version__
from tholos.edges.idempotency import LONGEST_KEY
from tholos.edges.rest.kinds import shape
from tholos.edges.rest.plan import Planned
from tholos.edges.rest.problem import CONTENT_TYPE, KINDS, ProblemDetails
from tholos.edges.rest.routes import PREFIX, Route, Routes
from tholos.edges.rest.schemas import Schema, argument, components, fields, filter_parameters, reference
from tholos.edges.rest.shown import LIMIT, MOST, MOST_SKIPPED, PLAIN
from tholos.edges.rest.whoami import WhoAmI
from tholos.kernel.command import Parameter
from tholos.resources.job.resource import Job

JSON = "application/json"
_READ = (400, 401, 403, 404, 422, 429)
_CHANGED = (*_READ, 409, 412, 415, 502, 503, 507)
_ABOUT = """Every RPC command as a typed resource. Errors are problem details (RFC 9457); changes take `dry_run=true`,
`If-Match` and `Idempotency-Key`. See docs/rest.md."""
_LOCATION: Schema = {"Location": {"schema": {"type": "string", "format": "uri-reference"}}}
_TAG = {"ETag": {"schema": {"type": "string"}, "description": "The entity tag of the representation (RFC 9110)."}}


def document(routes: Routes) -> bytes:
    """The document as JSON."""
    made = {
        "openapi": "3.1.0",
        "info": {"title": "Tholos", "version": __version__, "description": _ABOUT, "license": _LICENSE},
        "servers": [{"url": PREFIX}],
        "security": [{"bearer": []}, {"basic": []}],
        "tags": [{"name": name} for name in dict.fromkeys(_tag(route) for route in _sorted(routes.all))],
        "paths": _paths(routes),
        "components": _components(routes),
    }
    return msgspec.json.encode(made)


_READ_ONLY: Schema = {"readOnly": True}
_LICENSE = {"name": "Apache-2.0", "identifier": "Apache-2.0"}


def _sorted(found: Iterable[Route]) -> list[Route]:
    return sorted(found, key=lambda route: (route.path, route.method))


def _tag(route: Route) -> str:
    return route.command.name.partition(".")[0]


def _paths(routes: Routes) -> dict[str, Schema]:
    paths: dict[str, Schema] = {"/whoami": {"get": _whoami()}}
    for route in _sorted(routes.all):
        paths.setdefault(route.path, {})[route.method.lower()] = _operation(routes, route)
    return paths


def _whoami() -> Schema:
    return {
        "operationId": "whoami",
        "summary": "Show the key that this request was made with, and what it may do.",
        "responses": {"200": _content("The key.", reference(WhoAmI)), **_problems((401, 403, 422, 429))},
    }


def _operation(routes: Routes, route: Route) -> Schema:
    command = route.command
    body = _body(route)
    return {
        "operationId": command.name,
        "tags": [_tag(route)],
        "summary": command.summary,
        "description": f"As `{command.legacy}` of the RPC API.",
        **({"parameters": found} if (found := _parameters(route)) else {}),
        **({"requestBody": body} if body else {}),
        "responses": {
            **_success(routes, route),
            **_problems(_CHANGED if command.changes else (*_READ, 415) if route.method == "POST" else _READ),
        },
    }


def _parameters(route: Route) -> list[Schema]:
    slots = {slot.name: slot for slot in route.command.parameters}
    found = [{"name": name, "in": "path", "required": True, "schema": _argument(slots[name])} for name in route.names]
    if route.method == "GET":
        found += [
            {"name": slot.name, "in": "query", "required": slot.required, "schema": _argument(slot)}
            for slot in route.others
        ]
        if route.many and route.command.resource is not None:
            taken = {slot.name for slot in route.others}
            filtered = filter_parameters(route.command.resource)
            found += [one for one in filtered if one["name"] not in taken]
            found += [_shared("limit"), _shared("offset")]
        return [*found, _shared("IfNoneMatch")]
    if route.command.changes:
        found += [_shared(name) for name in ("DryRun", "IfMatch", "IfNoneMatch", "IdempotencyKey")]
    return found


def _argument(slot: Parameter) -> Schema:
    return argument(slot.type, slot.example)


def _shared(name: str) -> Schema:
    return {"$ref": f"#/components/parameters/{name}"}


def _body(route: Route) -> Schema | None:
    if route.method == "GET" or not route.others:
        return None
    required = [field.name for field in route.fields if field.required and shape(field.slots[0].type) != "object"]
    names = {name: _argument(slot) | _READ_ONLY for name, slot in _named(route).items()} if _spreads(route) else {}
    schema: Schema = {
        "type": "object",
        "properties": {**names, **{name: one for field in route.fields for name, one in fields(field).items()}},
        "additionalProperties": False,
        **({"required": required} if required else {}),
    }
    return {"required": bool(required), "content": {JSON: {"schema": schema}}}


def _spreads(route: Route) -> bool:
    """Whether the body is the object that a GET gives, with the names in the path too."""
    return any(shape(slot.type) == "object" for slot in route.others)


def _named(route: Route) -> dict[str, Parameter]:
    return {slot.name: slot for slot in route.command.parameters if slot.name in route.names}


def _success(routes: Routes, route: Route) -> Schema:
    resource = route.command.resource
    if not route.command.changes:
        return _shown(route)
    plan = {"200": _content("The plan of a dry run; nothing was changed.", reference(Planned))}
    if route.command.starts:
        at_once = {"204": {"description": "It is done."}} if route.command.starts_at_times else {}
        job = _content("A job does it; look there for what becomes of it.", reference(Job), _LOCATION)
        return {**plan, **at_once, "202": job}
    made = routes.item_of(route) if route.method == "POST" else None
    shown = resource or (made.command.resource if made else None)
    if route.method != "POST" or shown is None:
        return {**plan, "204": {"description": "It is done."}}
    headers = _LOCATION if made else {}
    made_before = {"204": {"description": "A repeat: it was made, and the secret in that answer is not kept."}}
    found = {**plan, "201": _content("It is made.", reference(shown), headers)}
    return found if resource is None else {**found, **made_before}


def _shown(route: Route) -> Schema:
    resource = route.command.resource
    if resource is None or route.method != "GET":
        return {"204": {"description": "It is so."}}
    schema = _page(resource) if route.many else reference(resource)
    return {"200": _content("What there is.", schema, _TAG), "304": {"description": "It is as the caller has it."}}


def _page(resource: type[Any]) -> Schema:
    properties = {
        "items": {"type": "array", "items": reference(resource)},
        "total": {"type": "integer", "minimum": 0, "description": "How many items all pages have."},
        "next": {"type": ["string", "null"], "description": "The address of the next page."},
    }
    return {"type": "object", "properties": properties, "required": list(properties), "additionalProperties": False}


def _content(description: str, schema: Schema, headers: Schema | None = None) -> Schema:
    found: Schema = {"description": description, "content": {JSON: {"schema": schema}}}
    return {**found, "headers": headers} if headers else found


def _problems(statuses: Sequence[int]) -> Schema:
    found = {str(status): {"$ref": f"#/components/responses/{_name(status)}"} for status in statuses}
    return {**found, "default": {"$ref": "#/components/responses/Problem"}}


def _name(status: int) -> str:
    return HTTPStatus(status).phrase.title().replace(" ", "").replace("-", "")


def _components(routes: Routes) -> Schema:
    resources = {route.command.resource for route in routes.all if route.command.resource not in (None, *PLAIN)}
    return {
        "schemas": components(*sorted(resources, key=lambda kind: kind.__name__), Planned, WhoAmI, ProblemDetails),
        "responses": {
            "Problem": _problem("The call is refused."),
            **{_name(status): _problem(_titles(status), status) for status in sorted({*_READ, *_CHANGED})},
        },
        "parameters": _PARAMETERS,
        "securitySchemes": {
            "bearer": {"type": "http", "scheme": "bearer", "description": "An access key: KEY.SECRET"},
            "basic": {"type": "http", "scheme": "basic", "description": "The key as user, its secret as password."},
        },
    }


def _titles(status: int) -> str:
    return " ".join(kind.title for kind in KINDS.values() if kind.status == status)


def _problem(description: str, status: int = 0) -> Schema:
    headers: Schema = {
        401: {"WWW-Authenticate": {"schema": {"type": "string"}}},
        429: {"Retry-After": {"schema": {"type": "integer"}}},
    }.get(status, {})
    found: Schema = {"description": description, "content": {CONTENT_TYPE: {"schema": reference(ProblemDetails)}}}
    return {**found, "headers": headers} if headers else found


def _parameter(name: str, place: str, schema: Schema, description: str) -> Schema:
    return {"name": name, "in": place, "schema": schema, "description": description}


_PARAMETERS: Schema = {
    "limit": _parameter(
        "limit", "query", {"type": "integer", "minimum": 1, "maximum": MOST, "default": LIMIT}, "Items of a page."
    ),
    "offset": _parameter(
        "offset", "query", {"type": "integer", "minimum": 0, "maximum": MOST_SKIPPED}, "Items before the page."
    ),
    "DryRun": _parameter("dry_run", "query", {"type": "boolean"}, "Answer with the plan and change nothing."),
    "IfMatch": _parameter(
        "If-Match", "header", {"type": "string"}, "Change only what has this entity tag (RFC 9110, 13.1.1)."
    ),
    "IfNoneMatch": _parameter(
        "If-None-Match", "header", {"type": "string"}, "Go on only if nothing has this entity tag (RFC 9110, 13.1.2)."
    ),
    "IdempotencyKey": _parameter(
        "Idempotency-Key",
        "header",
        {"type": "string", "minLength": 1, "maxLength": LONGEST_KEY, "pattern": "^[!-~]+$"},
        "A name for this change: sent again within a day, the first answer comes back and nothing is changed.",
    ),
}
