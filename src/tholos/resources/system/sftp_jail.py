"""Switching SFTP jails on and off for the whole node."""

from __future__ import annotations

from sqlalchemy import select, union

from tholos.kernel.command import command
from tholos.kernel.errors import ServiceFailed
from tholos.kernel.job import Started
from tholos.kernel.tx import State, Tx
from tholos.resources.log.model import SYSTEM, note
from tholos.resources.system.settings import set_setting
from tholos.resources.system.sshd_want import SFTP_JAIL
from tholos.resources.user.each import Each, do_each, each
from tholos.resources.user.model import accounts, sftp_jails
from tholos.resources.user.sftp_jail import NO_SHELL, follow_shell, release


@command("system.sftp_jail.enable", legacy="v-add-sys-sftp-jail [RESTART]", rest="POST /system/sftp-jail")
def enable(tx: Tx) -> Started | None:
    """Let accounts without a shell copy files by SFTP, each confined to its own home."""
    if not tx.context.machine.read("sshd reads drop-ins"):
        raise ServiceFailed("sshd_config has no Include of /etc/ssh/sshd_config.d, where the jail would be")
    set_setting(tx, SFTP_JAIL, "yes")
    tx.want("sshd", SFTP_JAIL)
    note(tx, SYSTEM, "Plugins", "SFTP jail switched on.")
    return do_each(tx, _IN)


@command("system.sftp_jail.disable", legacy="v-delete-sys-sftp-jail", rest="DELETE /system/sftp-jail")
def disable(tx: Tx) -> Started | None:
    """Let every account out of the SFTP jail; without a shell it can no longer log in."""
    set_setting(tx, SFTP_JAIL, "no")
    tx.want("sshd", SFTP_JAIL)
    note(tx, SYSTEM, "Plugins", "SFTP jail switched off.", "Warning")
    return do_each(tx, _OUT)


def _jailed(state: State, _about: str) -> list[str]:
    return [row.account for row in state.rows(select(sftp_jails.c.account))]


def _concerned(state: State, _about: str) -> list[str]:
    """Accounts that are to be in the jail, and those that are."""
    without_shell = select(accounts.c.name).where(accounts.c.shell == NO_SHELL)
    return [row.name for row in state.rows(union(without_shell, select(sftp_jails.c.account)))]


_SUBJECT, _FAILED = "accounts in the SFTP jail", "SFTP jail not changed"
_IN = each(Each("sftp jail", _SUBJECT, _concerned, follow_shell, _FAILED))
_OUT = each(Each("no sftp jail", _SUBJECT, _jailed, release, _FAILED))
