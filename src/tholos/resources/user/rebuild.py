"""Applying accounts again, whatever is on the machine; and recounting, which has nothing to do."""

from __future__ import annotations

from sqlalchemy import select

from tholos.kernel.command import command
from tholos.kernel.tx import State, Tx
from tholos.resources.log.model import note
from tholos.resources.owned import OWNED
from tholos.resources.types import AccountName
from tholos.resources.user.allotment import allot
from tholos.resources.user.model import accounts
from tholos.resources.user.record import require


@command("user.rebuild", legacy="v-rebuild-user USER [RESTART]", rest="POST /users/{user}/rebuild")
def rebuild(tx: Tx, user: AccountName) -> None:
    """Apply an account's login and home again."""
    require(tx, user)
    _apply(tx, user)
    note(tx, "system", "System", f"Rebuilt user account (Name: {user}).")


@command("user.rebuild_each", legacy="v-rebuild-users [RESTART]", rest="POST /rebuild-users")
def rebuild_each(tx: Tx) -> None:
    """Apply the login and home of every account again."""
    for row in tx.rows(select(accounts.c.name)):
        _apply(tx, row.name)
    note(tx, "system", "System", "Rebuilt all user accounts.")


@command("user.rebuild_all", legacy="v-rebuild-all USER [RESTART]", rest="POST /users/{user}/rebuild-all")
def rebuild_all(tx: Tx, user: AccountName) -> None:
    """Apply an account and everything that it owns again."""
    require(tx, user)
    _apply(tx, user)
    for kind in OWNED.values():
        kind.rebuild(tx, user)
    note(tx, "system", "System", f"Rebuilt user account with its objects (Name: {user}).")


def _apply(tx: Tx, user: str) -> None:
    tx.rebuild("account", user)
    tx.want("ssh_keys", user)
    tx.want("composer", user)
    allot(tx, user)


@command("user.counters.update", legacy="v-update-user-counters [USER]", rest="")
def update_counters(state: State, user: AccountName | None = None) -> None:
    """Recount what an account owns; counters are always counted, so this only checks the name."""
    if user is not None:
        require(state, user)
