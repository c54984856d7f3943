"""A package as the REST API takes it: the object that it shows, of which anything may be left out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, cast

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType

from tholos.kernel.errors import Invalid
from tholos.kernel.types import printable
from tholos.resources.package.resource import Limits, Templates


def _partial(kind: type[Struct]) -> type[Struct]:
    """A resource of which every field may be left out."""
    fields = [(field.name, field.type | UnsetType, UNSET) for field in msgspec.structs.fields(kind)]
    return msgspec.defstruct(f"Given{kind.__name__}", fields, frozen=True, forbid_unknown_fields=True)


_Given = {kind: _partial(kind) for kind in (Limits, Templates)}
_READ_ONLY = Meta(extra_json_schema={"readOnly": True})


class GivenPackage(Struct, frozen=True, forbid_unknown_fields=True):
    """A package: what is left out takes the default package's value, and null is unlimited."""

    templates: _Given[Templates] | UnsetType = UNSET  # type: ignore[valid-type]
    limits: _Given[Limits] | UnsetType = UNSET  # type: ignore[valid-type]
    name_servers: list[str] | UnsetType = UNSET
    shell: str | UnsetType = UNSET
    backups_incremental: bool | UnsetType = UNSET
    created: Annotated[str | UnsetType, _READ_ONLY] = UNSET


def lines(given: Struct) -> str:
    """The file of ``KEY='value'`` lines that says the same; raise Invalid for a value that no line can hold."""
    return "\n".join(_line(path, key, value) for path, key, value in _values(given)) + "\n"


def _values(given: Struct) -> Iterator[tuple[str, str, str]]:
    """Where each value stands in the object, its key in the file, and the value as the file has it."""
    parts = cast(dict[str, Any], msgspec.to_builtins(given))
    parts.pop("created", None)
    for name, value in parts.pop("limits", {}).items():
        yield f"limits.{name}", name, "unlimited" if value is None else str(value)
    for name, value in parts.pop("templates", {}).items():
        yield f"templates.{name}", f"{name}_template", value
    for name, value in parts.items():
        match value:
            case bool():
                yield name, name, "yes" if value else "no"
            case list():
                yield name, "ns", ",".join(value)
            case _:
                yield name, name, value


def _line(path: str, key: str, value: str) -> str:
    if "'" in value or not value.isprintable():
        raise Invalid(f"invalid {path} format :: {printable(value)}", argument=path)
    return f"{key.upper()}='{value}'"
