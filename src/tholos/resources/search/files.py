"""Finding files in the home of an account."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tholos.kernel.command import command
from tholos.kernel.errors import Unreadable
from tholos.kernel.tx import State
from tholos.kernel.types import printable
from tholos.resources.search.resource import File
from tholos.resources.search.types import Directory, FileName
from tholos.resources.system.info import BARE
from tholos.resources.types import AccountName
from tholos.resources.user.record import require


@command(
    "search.file",
    legacy="v-search-fs-object USER OBJECT [PATH]",
    rest="GET /users/{user}/files",
    role="user",
    cached=False,
    view=BARE,
    resource=File,
)
def show(state: State, user: AccountName, object: FileName, path: Directory | None = None) -> Sequence[Any]:
    """Find files of an account by their name, in its home or in a directory of it."""
    home = f"/home/{require(state, user).name}"
    where = (path or home).rstrip("/")
    if where != home and not where.startswith(f"{home}/"):
        raise Unreadable(f"path {printable(where)} is not in the home of {user}", argument="path")
    found: Sequence[Any] = state.context.machine.read("files", where, object)
    return found
