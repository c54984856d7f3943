"""Jinja2 for configuration files: undefined names are errors, and every value goes through its target's encoder.

The environment is a sandbox, because administrators add templates of their own: a template can print what it is given
and nothing else.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, lru_cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, Template
from jinja2.sandbox import ImmutableSandboxedEnvironment


@cache
def environment(package: str, encoder: Callable[[str], str]) -> Environment:
    """The templates of a driver's package; ``encoder`` is applied to every value that is printed."""
    return ImmutableSandboxedEnvironment(
        loader=PackageLoader(f"tholos.drivers.{package}"),
        undefined=StrictUndefined,
        finalize=lambda value: encoder(str(value)),
        autoescape=False,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


def render(package: str, name: str, encoder: Callable[[str], str], **values: Any) -> bytes:
    """Render a template to the bytes of its file."""
    return environment(package, encoder).get_template(name).render(**values).encode()


def render_text(package: str, source: str, encoder: Callable[[str], str], **values: Any) -> bytes:
    """Render a template given as text; it may extend those of the package. Raises TemplateError when it is broken."""
    return _compiled(package, source, encoder).render(**values).encode()


@lru_cache(maxsize=64)
def _compiled(package: str, source: str, encoder: Callable[[str], str]) -> Template:
    return environment(package, encoder).from_string(source)
