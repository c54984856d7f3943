"""The SFTP jail of an account: it copies files in its own home and sees nothing else of the machine.

While jails are on, an account without a shell is in one, as the reference has it: changing the shell puts it in or
lets it out. Both can be done by hand as well.
"""

from __future__ import annotations

from sqlalchemy import delete, insert, select

from tholos.kernel.command import command
from tholos.kernel.errors import Silent
from tholos.kernel.tx import State, Tx
from tholos.resources.log.model import SYSTEM, note
from tholos.resources.system.model import setting
from tholos.resources.system.sshd_want import SFTP_JAIL
from tholos.resources.types import AccountName
from tholos.resources.user.model import accounts, sftp_jails
from tholos.resources.user.record import require
from tholos.resources.user.sftp_key import follow_shell_with_key

NO_SHELL = "nologin"


@command(
    "user.sftp_jail.add",
    legacy="v-add-user-sftp-jail USER [RESTART]",
    usage="USER",
    rest="POST /users/{user}/sftp-jail",
)
def add(tx: Tx, user: AccountName) -> None:
    """Confine an account to SFTP in its own home; nothing happens while jails are off."""
    require(tx, user)
    if setting(tx, SFTP_JAIL) != "yes" or is_jailed(tx, user):
        return
    _confine(tx, user)
    note(tx, SYSTEM, "Users", f"Account confined to SFTP (Name: {user}).")


@command("user.sftp_jail.delete", legacy="v-delete-user-sftp-jail USER", rest="DELETE /users/{user}/sftp-jail")
def remove(tx: Tx, user: AccountName) -> None:
    """Let an account out of the SFTP jail."""
    if not is_jailed(tx, user):
        raise Silent("", code=2, argument="user")
    release(tx, user)
    note(tx, SYSTEM, "Users", f"Account let out of the SFTP jail (Name: {user}).")


def is_jailed(state: State, user: str) -> bool:
    """Tell whether an account is in the jail."""
    return state.value(select(sftp_jails.c.account).where(sftp_jails.c.account == user)) is not None


def follow_shell(tx: Tx, user: str) -> None:
    """Put an account that has no shell into the jail and let out one that has; nothing of that while jails are off."""
    shell = tx.value(select(accounts.c.shell).where(accounts.c.name == user))
    follow_shell_with_key(tx, user, shell)
    if setting(tx, SFTP_JAIL) != "yes":
        return
    if shell == NO_SHELL:
        _confine(tx, user)
    else:
        release(tx, user)


def _confine(tx: Tx, user: str) -> None:
    release(tx, user)
    tx.execute(insert(sftp_jails).values(account=user))


def release(tx: Tx, user: str) -> None:
    """Take an account out of the jail, whether it is in it or not."""
    tx.execute(delete(sftp_jails).where(sftp_jails.c.account == user))
    tx.want("account", user)
