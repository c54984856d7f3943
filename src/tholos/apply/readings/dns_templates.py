"""The templates of zones that an administrator has added."""

from __future__ import annotations

import os
from contextlib import suppress

from tholos.apply import paths
from tholos.apply.host import Host
from tholos.apply.machine import reading
from tholos.apply.readings.sites import TEMPLATES

DIRECTORY = f"{TEMPLATES}/dns"
"""A file ``NAME.tpl`` for each template."""
_LARGEST = 256 * 1024


@reading("dns template names")
def names(host: Host) -> tuple[str, ...]:
    """The names of the templates, letter by letter."""
    with suppress(OSError), paths.directory(host.tree.root, DIRECTORY) as directory:
        found = os.listdir(directory)  # noqa: PTH208 - of a descriptor
        return tuple(sorted(name.removesuffix(".tpl") for name in found if name.endswith(".tpl")))
    return ()


@reading("dns template")
def text(host: Host, name: str) -> str | None:
    """The text of a template, None where there is none of that name, or it is too large for one."""
    if name not in names(host):
        return None
    content = host.read(f"{DIRECTORY}/{name}.tpl")
    return content.decode(errors="replace") if content is not None and len(content) <= _LARGEST else None
