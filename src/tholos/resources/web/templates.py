"""The templates that sites can have: those that come with Tholos, and those that an administrator adds as files."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import partial

from tholos.kernel.command import command
from tholos.kernel.errors import NotExist
from tholos.kernel.tx import State
from tholos.resources.templates import template_kind
from tholos.resources.types import ObjectName
from tholos.resources.web.views import TEMPLATES

SERVED = ("default", "no-php", "wordpress")
"""Templates of server blocks; each is a file of the nginx driver."""
BACKENDS = ("PHP-8_2", "default", "no-php", "socket")
"""Templates of PHP pools: all are the account's own pool as it comes, but ``no-php``, which is none."""
NO_PHP = "no-php"
WEB, BACKEND, PROXY = "web", "backend", "proxy"
"""The kinds, which are also the names of an administrator's directories (``/etc/tholos/templates``)."""
_SHIPPED = {WEB: SERVED, BACKEND: BACKENDS, PROXY: ()}


def names(state: State, kind: str) -> Sequence[str]:
    """The templates of a kind: web templates with numbers in the order of their value, the others letter by letter."""
    added = (name for name in state.context.machine.read("template names", kind) if ObjectName.accepts(name))
    return sorted({*_SHIPPED[kind], *added}, key=_natural if kind == WEB else None)


def require_template(state: State, kind: str, name: str) -> None:
    """Raise NotExist for a template that there is not."""
    if name not in names(state, kind):
        raise NotExist(f"{name} {kind} template doesn't exist", argument="template")


for _kind in _SHIPPED:
    template_kind(_kind, partial(lambda kind, state: names(state, kind), _kind))


def _natural(name: str) -> list[tuple[int, str]]:
    parts = re.findall(r"[0-9]+|[^0-9]+", name)
    return [(int(part), "") if part.isdigit() else (-1, part) for part in parts]


@command(
    "web.template.list",
    legacy="v-list-web-templates [FORMAT]",
    rest="GET /web-templates",
    view=TEMPLATES,
    resource=str,
    cached=False,
)
def served(state: State) -> Sequence[str]:
    """List the templates of sites."""
    return names(state, WEB)


@command(
    "web.backend_template.list",
    legacy="v-list-web-templates-backend [FORMAT]",
    rest="GET /web-backend-templates",
    view=TEMPLATES,
    resource=str,
    cached=False,
)
def backends(state: State) -> Sequence[str]:
    """List the templates of PHP pools."""
    return names(state, BACKEND)


@command(
    "web.proxy_template.list",
    legacy="v-list-web-templates-proxy [FORMAT]",
    rest="GET /web-proxy-templates",
    view=TEMPLATES,
    resource=str,
    cached=False,
)
def proxies(state: State) -> Sequence[str]:
    """List the templates of proxies: those that an administrator added, because nginx serves sites itself."""
    return names(state, PROXY)
