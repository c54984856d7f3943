"""Applying accounts again, whatever is on the machine; and recounting, which has nothing to do."""

from __future__ import annotations

from tholos.kernel.command import command
from tholos.kernel.errors import Forbidden
from tholos.kernel.job import Started
from tholos.kernel.tx import State, Tx
from tholos.resources.log.model import note
from tholos.resources.owned import OWNED
from tholos.resources.spread import spread
from tholos.resources.types import AccountName
from tholos.resources.user.allotment import allot
from tholos.resources.user.each import Each, all_names, each, start_each
from tholos.resources.user.model import uid_of
from tholos.resources.user.record import require


@command("user.rebuild", legacy="v-rebuild-user USER [RESTART]", rest="POST /users/{user}/rebuild")
def rebuild(tx: Tx, user: AccountName) -> None:
    """Apply an account's login and home again."""
    require(tx, user)
    _apply(tx, user)
    note(tx, "system", "System", f"Rebuilt user account (Name: {user}).")


@command("user.rebuild_each", legacy="v-rebuild-users [RESTART]", rest="POST /rebuild-users")
def rebuild_each(tx: Tx) -> Started:
    """Apply the login and home of every account again; one with which that fails keeps no other from it."""
    return start_each(tx, _REBUILD)


@command("user.rebuild_all", legacy="v-rebuild-all USER [RESTART]", rest="POST /users/{user}/rebuild-all")
def rebuild_all(tx: Tx, user: AccountName) -> Started | None:
    """Apply an account and everything that it owns again."""
    require(tx, user)
    _apply(tx, user)
    for kind in OWNED.values():
        kind.rebuild(tx, user)
    note(tx, "system", "System", f"Rebuilt user account with its objects (Name: {user}).")
    return spread(tx, user)


def _apply(tx: Tx, user: AccountName) -> None:
    tx.rebuild("account", user)
    _apply_keys(tx, user)
    tx.want("composer", user)
    allot(tx, user)


def _apply_keys(tx: Tx, user: AccountName) -> None:
    """Have the file of keys written again.

    It lies in a directory of the account's own, which can make it into anything: then it stays as it is, and nothing
    else is kept from being applied.
    """
    try:
        tx.context.machine.read("authorized keys", user, str(uid_of(require(tx, user).id)))
    except Forbidden as refusal:
        note(tx, user, "SSH", f"SSH keys not applied again: {refusal.text}.", "Warning")
    else:
        tx.want("ssh_keys", user)


def _note_all(tx: Tx, _about: str) -> None:
    note(tx, "system", "System", "Rebuilt all user accounts.")


_REBUILD = each(Each("rebuild", "all accounts", all_names, _apply, failed="Account not applied again", end=_note_all))


@command("user.counters.update", legacy="v-update-user-counters [USER]", rest="")
def update_counters(state: State, user: AccountName | None = None) -> None:
    """Recount what an account owns; counters are always counted, so this only checks the name."""
    if user is not None:
        require(state, user)
