"""Suspending an account and bringing it back, with everything that it owns."""

from __future__ import annotations

from sqlalchemy import update

from tholos.kernel.command import command
from tholos.kernel.tx import Tx
from tholos.resources.log.model import note
from tholos.resources.owned import OWNED
from tholos.resources.system.model import root_user
from tholos.resources.types import AccountName
from tholos.resources.user.model import accounts
from tholos.resources.user.record import require, require_active
from tholos.resources.user.sftp_key import end_key


@command("user.suspend", legacy="v-suspend-user USER [RESTART]", rest="POST /users/{user}/suspend")
def suspend(tx: Tx, user: AccountName) -> None:
    """Suspend an account: no login, and nothing that it owns is served; the first administrator is left as it is."""
    if user == root_user(tx):
        return
    require_active(tx, user)
    _mark(tx, user, suspended=True)
    end_key(tx, user)
    for kind in OWNED.values():
        kind.mark_all(tx, user, suspended=True)
    note(tx, "system", "Users", f"Suspended user account (Name: {user}).")


@command("user.unsuspend", legacy="v-unsuspend-user USER [RESTART]", rest="POST /users/{user}/unsuspend")
def unsuspend(tx: Tx, user: AccountName) -> None:
    """Bring a suspended account back, with everything that it owns; one that is not suspended stays as it is."""
    if user == root_user(tx):
        return
    require(tx, user)
    _mark(tx, user, suspended=False)
    for kind in OWNED.values():
        kind.mark_all(tx, user, suspended=False)
    note(tx, "system", "Users", f"Unsuspended user account (Name: {user}).")


def _mark(tx: Tx, user: str, *, suspended: bool) -> None:
    tx.execute(update(accounts).where(accounts.c.name == user).values(suspended=suspended))
    tx.want("account", user)
