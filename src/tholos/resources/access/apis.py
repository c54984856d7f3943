"""Listing permission profiles."""

from __future__ import annotations

from collections.abc import Sequence

from tholos.kernel.command import command
from tholos.kernel.errors import NotExist
from tholos.kernel.tx import State
from tholos.kernel.types import printable
from tholos.resources.access.permissions import Profile as Record
from tholos.resources.access.permissions import all_profiles
from tholos.resources.access.resource import Profile
from tholos.resources.access.types import CommandWord
from tholos.resources.access.views import PROFILE, PROFILES


@command(
    "access.profile.show",
    legacy="v-list-api API [FORMAT]",
    examples={"api": "billing"},
    rest="GET /profiles/{api}",
    view=PROFILE,
    cached=False,
    resource=Profile,
)
def show(state: State, api: CommandWord) -> Record:
    """Show a permission profile with its commands."""
    found = all_profiles(state.context.machine).get(api)
    if found is None:
        raise NotExist(f"API {printable(api)} doesn't exist", argument="api", code=2)
    return found


@command(
    "access.profile.list",
    legacy="v-list-apis [FORMAT]",
    rest="GET /profiles",
    view=PROFILES,
    cached=False,
    resource=Profile,
)
def show_all(state: State) -> Sequence[Record]:
    """List every permission profile with its commands."""
    return list(all_profiles(state.context.machine).values())
