"""Jinja2 for configuration files: undefined names are errors, and every value goes through its target's encoder."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined


@cache
def environment(package: str, encoder: Callable[[str], str]) -> Environment:
    """The templates of a driver's package; ``encoder`` is applied to every value that is printed."""
    return Environment(
        loader=PackageLoader(f"tholos.drivers.{package}"),
        undefined=StrictUndefined,
        finalize=lambda value: encoder(str(value)),
        autoescape=False,  # noqa: S701 - the output is no HTML; finalize encodes every value for its target.
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


def render(package: str, name: str, encoder: Callable[[str], str], **values: Any) -> bytes:
    """Render a template to the bytes of its file."""
    return environment(package, encoder).get_template(name).render(**values).encode()
