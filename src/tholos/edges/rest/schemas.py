"""JSON Schemas (2020-12) of argument types, from their own pattern, length, words and example.

A schema says what it can: that a name is also valid under IDNA, or an address a real one, only the type itself knows.
"""

from __future__ import annotations

import inspect
import re
from typing import Any, cast

import msgspec

from tholos.edges.rest.fields import Field
from tholos.edges.rest.kinds import bounds, shape
from tholos.edges.rest.shown import PLAIN, SINCE, filters, limits
from tholos.kernel.types import Choice, Parsed, Together

Schema = dict[str, Any]
REF = "#/components/schemas/{name}"


def argument(kind: type[Parsed], example: str = "") -> Schema:
    """The schema of an argument in a body; the example is a text, as in a command line, or else the type's own."""
    example = example or kind.example
    match shape(kind):
        case "integer":
            least, greatest = bounds(kind)
            found: Schema = {"type": "integer", "minimum": least, "maximum": greatest}
            return {**found, "examples": [int(example)], "description": kind.expected}
        case "boolean":
            return {"type": "boolean"}
        case "any":
            types = ["string", "integer", "boolean", "array", "null"]
            return {"type": types, "items": {"type": "string"}, "examples": [example], "description": kind.expected}
        case "array":
            item = {"type": "string", "minLength": 1, "pattern": "^[^,]+$"}
            return {
                "type": "array",
                "items": item,
                "examples": [example.split(",")],
                "description": f"each one of {kind.expected}",
            }
    return {**_text(kind), "examples": [example], "description": kind.expected}


def fields(field: Field) -> dict[str, Schema]:
    """The properties of a body that a field is: one of its name, or all fields of an object."""
    slot = field.slots[0]
    if field.together is not None:
        return {field.name: _several(slot.type, field.together, len(field.slots))}
    if shape(slot.type) != "object":
        found = argument(slot.type, slot.example)
        if field.parts:
            return {slot.name: _or_parts(found, field)}
        return {slot.name: found if field.null is None else _or_null(found)}
    found = msgspec.json.schema(cast(Any, slot.type).body)
    name = found["$ref"].rpartition("/")[2]
    properties: dict[str, Schema] = _inlined(found["$defs"][name], found["$defs"])["properties"]
    return properties


def _or_null(schema: Schema) -> Schema:
    """A schema that null fits too."""
    if schema["type"] == "null" or "null" in schema["type"]:
        return schema
    enum = {"enum": [*schema["enum"], None]} if "enum" in schema else {}
    return {**schema, **enum, "type": [schema["type"], "null"]}


def _or_parts(schema: Schema, field: Field) -> Schema:
    """A schema that the object of a field's parts fits too."""
    properties = {name: argument(slot.type, slot.example) for name, slot in field.parts.items()}
    required = [name for name, slot in field.parts.items() if slot.required]
    return {
        "anyOf": [
            schema,
            {"type": "object", "properties": properties, "required": required, "additionalProperties": False},
        ]
    }


def _several(kind: type[Parsed], together: Together, most: int) -> Schema:
    return {
        "type": "array",
        "items": _text(kind),
        "minItems": len(together.example),
        "maxItems": most,
        "examples": [list(together.example)],
        "description": f"each one of them {kind.expected}",
    }


def _inlined(schema: Any, parts: dict[str, Schema]) -> Any:
    """A schema with its parts in the place of references to them."""
    if isinstance(schema, list):
        return [_inlined(part, parts) for part in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        return _inlined(parts[schema["$ref"].rpartition("/")[2]], parts)
    return {key: _inlined(part, parts) for key, part in schema.items()}


def _text(kind: type[Parsed]) -> Schema:
    if issubclass(kind, Choice):
        return {"type": "string", "enum": list(kind.words)}
    found: Schema = {"type": "string"}
    longest, pattern = getattr(kind, "max_length", None), getattr(kind, "pattern", None)
    if longest is not None:
        found["maxLength"] = longest
    if isinstance(pattern, re.Pattern):
        found["pattern"] = f"^(?:{pattern.pattern})$"
    if getattr(kind, "secret", False):
        found |= {"format": "password", "writeOnly": True}
    return found


def filter_parameters(resource: Any) -> list[Schema]:
    """The query parameters by which a list is filtered."""
    equal = [
        _filtering(name, kind, f"Only items whose {name} is this, or has it among its entries.")
        for name, kind in filters(resource).items()
    ]
    within = [
        _filtering(name, kind, f"Only items whose {field} is {'this or later' if name.endswith(SINCE) else 'earlier'}.")
        for name, (field, kind) in limits(resource).items()
    ]
    return [*equal, *within]


def _filtering(name: str, kind: Any, description: str) -> Schema:
    return {"name": name, "in": "query", "schema": _filter(kind), "description": description}


def _filter(kind: Any) -> Schema:
    found = msgspec.json.schema(kind)
    parts = [part for part in found.get("anyOf", [found]) if part.get("type") != "null"]
    return cast(Schema, parts[0])


def components(*kinds: Any) -> dict[str, Schema]:
    """The schemas of resources by name."""
    found = msgspec.json.schema_components(kinds, ref_template=REF)[1]
    return {name: {**schema, "description": _plain(schema.get("description", ""))} for name, schema in found.items()}


def _plain(docstring: str) -> str:
    """A docstring in the Markdown of OpenAPI descriptions."""
    return inspect.cleandoc(docstring).replace("``", "`")


def reference(kind: type[Any]) -> Schema:
    """The schema of a resource, by reference."""
    if kind in PLAIN:
        return msgspec.json.schema(kind)
    return {"$ref": REF.format(name=kind.__name__)}
