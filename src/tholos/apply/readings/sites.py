"""Readings for sites: the templates that an administrator has added, and directories that may become document roots."""

from __future__ import annotations

import os
import stat
from contextlib import suppress

from tholos.apply import paths
from tholos.apply.host import Host
from tholos.apply.machine import reading

TEMPLATES = "/etc/tholos/templates"
"""Where an administrator adds templates: a directory for each kind, a file ``NAME.j2`` for each template."""
_MOST_LINKS = 20


@reading("template names")
def template_names(host: Host, kind: str) -> tuple[str, ...]:
    """The names of the templates of a kind that an administrator has added."""
    with suppress(OSError), paths.directory(host.tree.root, f"{TEMPLATES}/{kind}") as directory:
        found = os.listdir(directory)  # noqa: PTH208 - of a descriptor
        return tuple(sorted(name.removesuffix(".j2") for name in found if name.endswith(".j2")))
    return ()


@reading("is link")
def is_link(host: Host, path: str) -> bool:
    """Tell whether the last component of a path is a symbolic link."""
    return paths.link_target(host.tree.root, path) is not None


@reading("directory inside")
def directory_inside(host: Host, home: str, *names: str) -> str:
    """Whether names lead to a directory inside a site's home: ``yes``, ``missing`` or ``outside``.

    Links are resolved here, one by one, and every directory on the way is opened without following any.
    """
    at: list[str] = []
    todo, links = list(names), 0
    while todo:
        name = todo.pop(0)
        target = paths.link_target(host.tree.root, "/".join((home, *at, name)))
        if target is None:
            at.append(name)
            continue
        links += 1
        here = _resolved(home, at, target)
        if here is None or links > _MOST_LINKS:
            return "outside"
        at, todo = [], [*here, *todo]
    with suppress(OSError):
        found = paths.status(host.tree.root, "/".join((home, *at)))
        return "yes" if found is not None and stat.S_ISDIR(found.st_mode) else "missing"
    return "missing"


def _resolved(home: str, at: list[str], target: str) -> list[str] | None:
    """The components below ``home`` of a link's target, or None when it leads out."""
    path = os.path.normpath(target if target.startswith("/") else "/".join((home, *at, target)))
    if path == home:
        return []
    return path.removeprefix(f"{home}/").split("/") if path.startswith(f"{home}/") else None
