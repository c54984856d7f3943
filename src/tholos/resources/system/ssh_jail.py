"""Switching the jail for shells on and off: while it is on, accounts may have a shell that confines them."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec
from sqlalchemy import select, update

from tholos.kernel.command import command
from tholos.kernel.errors import ServiceFailed
from tholos.kernel.job import Started
from tholos.kernel.touched import Key
from tholos.kernel.tx import State, Tx
from tholos.kernel.want import scope
from tholos.resources.log.model import SYSTEM, note
from tholos.resources.system.model import setting
from tholos.resources.system.settings import set_setting
from tholos.resources.user.each import Each, do_each, each
from tholos.resources.user.model import accounts
from tholos.resources.user.sftp_jail import NO_SHELL, follow_shell

JAIL_SHELL = "jailbash"
"""The short name of the shell, which ``v-change-user-shell`` takes."""
SSH_JAIL = "SSH_JAIL"
"""The setting that holds whether it is on; it is not listed."""


class SshJailWant(msgspec.Struct, frozen=True):
    """That the shell is there."""


def _keys(state: State) -> Iterable[Key]:
    return [(SSH_JAIL,)] if _is_needed(state) else []


def _is_needed(state: State) -> bool:
    """Whether the jail is on, or an account has its shell all the same: without it nobody could log in there."""
    has_it = select(accounts.c.id).where(accounts.c.shell == JAIL_SHELL).limit(1)
    return setting(state, SSH_JAIL) == "yes" or state.value(has_it) is not None


@scope("ssh jail", keys=_keys)
def ssh_jail_want(state: State, _key: Key) -> SshJailWant | None:
    """The shell while the jail is on, or an account has it."""
    return SshJailWant() if _is_needed(state) else None


@command("system.ssh_jail.enable", legacy="v-add-sys-ssh-jail", rest="POST /system/ssh-jail")
def enable(tx: Tx) -> None:
    """Offer a login shell, jailbash, in which an account sees its own home and the machine's programs alone."""
    if not tx.context.machine.read("program", "/usr/bin/bwrap"):
        raise ServiceFailed("bubblewrap is not installed")
    set_setting(tx, SSH_JAIL, "yes")
    tx.want("ssh jail", SSH_JAIL)
    note(tx, SYSTEM, "Plugins", "SSH jail switched on.")


@command("system.ssh_jail.disable", legacy="v-delete-sys-ssh-jail", rest="DELETE /system/ssh-jail")
def disable(tx: Tx) -> Started | None:
    """Offer the confining login shell no longer; accounts that had it have none then."""
    set_setting(tx, SSH_JAIL, "no")
    note(tx, SYSTEM, "Plugins", "SSH jail switched off.", "Warning")
    return do_each(tx, _OUT)


def _jailed(state: State, _about: str) -> list[str]:
    return [row.name for row in state.rows(select(accounts.c.name).where(accounts.c.shell == JAIL_SHELL))]


def _take_shell(tx: Tx, name: str) -> None:
    tx.execute(update(accounts).where(accounts.c.name == name).values(shell=NO_SHELL))
    tx.want("account", name)
    follow_shell(tx, name)


def _take_program(tx: Tx, _about: str) -> None:
    """The shell goes when nobody has it any more."""
    tx.want("ssh jail", SSH_JAIL)


_OUT = each(Each("no ssh jail", "accounts in the SSH jail", _jailed, _take_shell, "SSH jail not left", _take_program))
