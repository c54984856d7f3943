"""Listing accounts."""

from __future__ import annotations

from collections.abc import Sequence

from tholos.kernel.command import command
from tholos.kernel.tx import State
from tholos.resources.types import AccountName
from tholos.resources.user.record import Listed, all_listed, listed
from tholos.resources.user.resource import User
from tholos.resources.user.views import ACCOUNT, ACCOUNTS


@command(
    "user.show",
    legacy="v-list-user USER [FORMAT]",
    rest="GET /users/{user}",
    role="user",
    view=ACCOUNT,
    resource=User,
)
def show(state: State, user: AccountName) -> Listed:
    """Show an account with its limits and counters."""
    return listed(state, user)


@command("user.list", legacy="v-list-users [FORMAT]", rest="GET /users", view=ACCOUNTS, resource=User)
def show_all(state: State) -> Sequence[Listed]:
    """List all accounts with their limits and counters."""
    return all_listed(state)
