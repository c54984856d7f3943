"""Listing packages."""

from __future__ import annotations

from collections.abc import Sequence

from tholos.kernel.command import command
from tholos.kernel.tx import State
from tholos.resources.package.record import Package as Record
from tholos.resources.package.record import everything, require
from tholos.resources.package.resource import Package
from tholos.resources.package.views import PACKAGE, PACKAGES
from tholos.resources.types import ObjectName


@command(
    "package.show",
    legacy="v-list-user-package PACKAGE [FORMAT]",
    rest="GET /packages/{package}",
    view=PACKAGE,
    resource=Package,
)
def show(state: State, package: ObjectName) -> Record:
    """Show a package with its limits."""
    return require(state, package)


@command("package.list", legacy="v-list-user-packages [FORMAT]", rest="GET /packages", view=PACKAGES, resource=Package)
def show_all(state: State) -> Sequence[Record]:
    """List all packages with their limits."""
    return everything(state)
