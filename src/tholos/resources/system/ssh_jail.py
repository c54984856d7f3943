"""Switching the jail for shells on and off: while it is on, accounts may have a shell that confines them."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec
from sqlalchemy import select, update

from tholos.kernel.command import command
from tholos.kernel.errors import ServiceFailed
from tholos.kernel.touched import Key
from tholos.kernel.tx import State, Tx
from tholos.kernel.want import scope
from tholos.resources.log.model import SYSTEM, note
from tholos.resources.system.model import setting
from tholos.resources.system.settings import set_setting
from tholos.resources.user.model import accounts
from tholos.resources.user.sftp_jail import NO_SHELL, follow_shell

JAIL_SHELL = "jailbash"
"""The short name of the shell, which ``v-change-user-shell`` takes."""
SSH_JAIL = "SSH_JAIL"
"""The setting that holds whether it is on; it is not listed."""


class SshJailWant(msgspec.Struct, frozen=True):
    """That the shell is there."""


def _keys(state: State) -> Iterable[Key]:
    return [(SSH_JAIL,)] if setting(state, SSH_JAIL) == "yes" else []


@scope("ssh jail", keys=_keys)
def ssh_jail_want(state: State, key: Key) -> SshJailWant | None:
    """The shell while the jail is on."""
    return SshJailWant() if setting(state, key[0]) == "yes" else None


@command("system.ssh_jail.enable", legacy="v-add-sys-ssh-jail", rest="POST /system/ssh-jail")
def enable(tx: Tx) -> None:
    """Offer a login shell, jailbash, in which an account sees its own home and the machine's programs alone."""
    if not tx.context.machine.read("program", "/usr/bin/bwrap"):
        raise ServiceFailed("bubblewrap is not installed")
    set_setting(tx, SSH_JAIL, "yes")
    tx.want("ssh jail", SSH_JAIL)
    note(tx, SYSTEM, "Plugins", "SSH jail switched on.")


@command("system.ssh_jail.disable", legacy="v-delete-sys-ssh-jail", rest="DELETE /system/ssh-jail")
def disable(tx: Tx) -> None:
    """Offer the confining login shell no longer; accounts that had it have none then."""
    chosen = [row.name for row in tx.rows(select(accounts.c.name).where(accounts.c.shell == JAIL_SHELL))]
    tx.execute(update(accounts).where(accounts.c.shell == JAIL_SHELL).values(shell=NO_SHELL))
    for name in chosen:
        tx.want("account", name)
        follow_shell(tx, name)
    set_setting(tx, SSH_JAIL, "no")
    tx.want("ssh jail", SSH_JAIL)
    note(tx, SYSTEM, "Plugins", "SSH jail switched off.", "Warning")
