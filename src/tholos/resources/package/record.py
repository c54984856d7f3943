"""Reading packages, and applying one to an account."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Row, select

from tholos.kernel.errors import Exists, NotExist
from tholos.kernel.tx import State
from tholos.resources.package.model import COPIED, packages

Package = Row[Any]
DEFAULT = "default"
"""The package that is always there."""


def require(state: State, name: str) -> Package:
    """The package, or NotExist."""
    row = state.row(select(packages).where(packages.c.name == name))
    if row is None:
        raise NotExist(f"package {name} doesn't exist", argument="package")
    return row


def require_free(state: State, name: str) -> None:
    """Raise Exists when there is a package of this name."""
    if state.value(select(packages.c.name).where(packages.c.name == name)) is not None:
        raise Exists(f"package {name} already exists.", argument="package")


def everything(state: State) -> Sequence[Package]:
    """All packages, the newest first, as the reference lists them."""
    columns = {"package": packages.c.name, "shell": packages.c.shell}
    return state.listed(select(packages).order_by(packages.c.created.desc(), packages.c.name), columns)


def copied(package: Package) -> Mapping[str, str]:
    """What an account copies from its package."""
    return {column: package._mapping[column] for column in COPIED}
