"""The templates that sites can have."""

from __future__ import annotations

from collections.abc import Sequence

from tholos.kernel.command import command
from tholos.kernel.tx import State
from tholos.resources.web.views import TEMPLATES

SERVED = ("default",)
"""Templates of server blocks; each is a file of the nginx driver."""
BACKENDS = ("default",)
"""Templates of PHP pools; each is a file of the php-fpm driver."""


@command("web.template.list", legacy="v-list-web-templates [FORMAT]", rest="GET /web-templates", view=TEMPLATES)
def served(_state: State) -> Sequence[str]:
    """List the templates of sites."""
    return SERVED


@command(
    "web.backend_template.list",
    legacy="v-list-web-templates-backend [FORMAT]",
    rest="GET /web-backend-templates",
    view=TEMPLATES,
)
def backends(_state: State) -> Sequence[str]:
    """List the templates of PHP pools."""
    return BACKENDS


@command(
    "web.proxy_template.list",
    legacy="v-list-web-templates-proxy [FORMAT]",
    rest="GET /web-proxy-templates",
    view=TEMPLATES,
)
def proxies(_state: State) -> Sequence[str]:
    """List the templates of proxies: none, because nginx serves sites itself."""
    return ()
