"""The settings of a node."""

from __future__ import annotations

from sqlalchemy import Column, String, Table, bindparam, select

from tholos.kernel.errors import Disabled
from tholos.kernel.tables import metadata
from tholos.kernel.tx import State

settings = Table(
    "settings",
    metadata,
    Column("key", String, primary_key=True),
    Column("value", String, nullable=False),
)
"""Settings as the reference names them (``state.json``, hestia.conf)."""

# Every call asks for some. Making a statement takes longer than carrying it out, so this one is made once.
_VALUE = select(settings.c.value).where(settings.c.key == bindparam("key"))


def setting(state: State, key: str) -> str:
    """A setting's value, empty when it is not set."""
    return state.value(_VALUE, {"key": key}) or ""


def root_user(state: State) -> str:
    """The name of the node's first administrator."""
    return setting(state, "ROOT_USER") or "admin"


def require_system(state: State, key: str) -> str:
    """Give the program that serves a subsystem (``WEB_SYSTEM`` ...); raise Disabled when there is none."""
    program = setting(state, key)
    if program in ("", "no"):
        raise Disabled(f"{key} is disabled")
    return program
