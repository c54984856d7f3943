"""The last lines of a site's logs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from tholos.kernel.command import command
from tholos.kernel.tx import State
from tholos.kernel.types import Number
from tholos.resources.types import AccountName, Domain
from tholos.resources.user.record import require as require_account
from tholos.resources.web.record import require
from tholos.resources.web.views import LOG
from tholos.resources.web.want import log_path

SHOWN = Number(70)
"""Lines that are shown when no number is given."""
EVERYTHING = 3000
"""More lines than this mean the whole log, as far as it fits into an answer."""


@command(
    "web.domain.requests",
    legacy="v-list-web-domain-accesslog USER DOMAIN [LINES] [FORMAT]",
    rest="GET /users/{user}/web-domains/{domain}/access-log",
    role="user",
    view=LOG,
    resource=str,
    cached=False,
)
def requests(state: State, user: AccountName, domain: Domain, lines: Number = SHOWN) -> Sequence[str]:
    """Show the last requests to a site."""
    return _tail(state, user, domain, "log", lines)


@command(
    "web.domain.errors",
    legacy="v-list-web-domain-errorlog USER DOMAIN [LINES] [FORMAT]",
    rest="GET /users/{user}/web-domains/{domain}/error-log",
    role="user",
    view=LOG,
    resource=str,
    cached=False,
)
def errors(state: State, user: AccountName, domain: Domain, lines: Number = SHOWN) -> Sequence[str]:
    """Show the last errors of a site."""
    return _tail(state, user, domain, "error.log", lines)


def _tail(state: State, user: AccountName, domain: Domain, kind: str, lines: int) -> Sequence[str]:
    require_account(state, user)
    site = require(state, user, domain)
    path = log_path(site.domain, kind)
    wanted = "0" if lines > EVERYTHING else str(lines)
    return cast(Sequence[str], state.context.machine.read("tail", path, wanted)) if lines else []
