"""Lists of names: of accounts, and of an account's name servers."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from tholos.kernel.command import command
from tholos.kernel.tx import State
from tholos.resources.system.views import names
from tholos.resources.types import AccountName
from tholos.resources.user.model import accounts
from tholos.resources.user.record import require


@command(
    "user.names.list", legacy="v-list-sys-users [FORMAT]", rest="GET /user-names", view=names("USER"), resource=str
)
def show_names(state: State) -> Sequence[str]:
    """List the names of all accounts."""
    return [row.name for row in state.rows(select(accounts.c.name).order_by(accounts.c.name))]


@command(
    "user.ns.list",
    legacy="v-list-user-ns USER [FORMAT]",
    rest="GET /users/{user}/name-servers",
    role="user",
    view=names("NAMESERVER", "NS"),
    resource=str,
)
def show_name_servers(state: State, user: AccountName) -> Sequence[str]:
    """List the name servers that new zones of an account get."""
    return [server for server in require(state, user).ns.split(",") if server]
