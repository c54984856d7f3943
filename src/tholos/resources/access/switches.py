"""The switches of the API as settings: whether it is on, for whom, and from where."""

from __future__ import annotations

from dataclasses import dataclass

from tholos.kernel.tx import State
from tholos.resources.system.model import root_user, setting

ENDPOINT = "API_ENDPOINT"
REMOVED = "removed"
OFF, ROOT_ONLY, EVERYBODY = 0, 1, 2
"""Levels of API_SYSTEM: nobody's keys, the first administrator's, or every account's."""


@dataclass(frozen=True)
class Switches:
    """What stands in the settings API, API_SYSTEM, API_ALLOWED_IP, API_ENDPOINT and ROOT_USER."""

    legacy: bool
    level: int
    allowed: str
    removed: bool
    root: str


def switches(state: State) -> Switches:
    """Read the switches; an API_SYSTEM that is no number counts as off."""
    level = setting(state, "API_SYSTEM").strip()
    return Switches(
        legacy=setting(state, "API") == "yes",
        level=int(level) if level.isascii() and level.isdigit() else OFF,
        allowed=setting(state, "API_ALLOWED_IP"),
        removed=setting(state, ENDPOINT) == REMOVED,
        root=root_user(state),
    )
