"""Switching SFTP jails on and off for the whole node."""

from __future__ import annotations

from sqlalchemy import delete, select

from tholos.kernel.command import command
from tholos.kernel.errors import ServiceFailed
from tholos.kernel.tx import Tx
from tholos.resources.log.model import SYSTEM, note
from tholos.resources.system.settings import set_setting
from tholos.resources.system.sshd_want import SFTP_JAIL
from tholos.resources.user.model import accounts, sftp_jails
from tholos.resources.user.sftp_jail import follow_shell


@command("system.sftp_jail.enable", legacy="v-add-sys-sftp-jail [RESTART]", rest="POST /system/sftp-jail")
def enable(tx: Tx) -> None:
    """Let accounts without a shell copy files by SFTP, each confined to its own home."""
    if not tx.context.machine.read("sshd reads drop-ins"):
        raise ServiceFailed("sshd_config has no Include of /etc/ssh/sshd_config.d, where the jail would be")
    set_setting(tx, SFTP_JAIL, "yes")
    for row in tx.rows(select(accounts.c.name)):
        follow_shell(tx, row.name)
    tx.want("sshd", SFTP_JAIL)
    note(tx, SYSTEM, "Plugins", "SFTP jail switched on.")


@command("system.sftp_jail.disable", legacy="v-delete-sys-sftp-jail", rest="DELETE /system/sftp-jail")
def disable(tx: Tx) -> None:
    """Let every account out of the SFTP jail; without a shell it can no longer log in."""
    for row in tx.rows(select(sftp_jails.c.account)):
        tx.want("account", row.account)
    tx.execute(delete(sftp_jails))
    set_setting(tx, SFTP_JAIL, "no")
    tx.want("sshd", SFTP_JAIL)
    note(tx, SYSTEM, "Plugins", "SFTP jail switched off.", "Warning")
