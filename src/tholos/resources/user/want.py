"""What a machine should have for an account."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec
from sqlalchemy import select

from tholos.kernel.passwords import LOCKED
from tholos.kernel.touched import Key
from tholos.kernel.tx import State
from tholos.kernel.want import scope
from tholos.resources.user.model import accounts, uid_of
from tholos.resources.user.record import find
from tholos.resources.user.sftp_jail import NO_SHELL, is_jailed


class AccountWant(msgspec.Struct, frozen=True):
    """A Linux account: its number, what shadow(5) holds for it, its shell's short name, and its GECOS field.

    ``jailed`` accounts are confined to SFTP in their homes.
    """

    name: str
    uid: int
    password_hash: str
    shell: str
    gecos: str
    jailed: bool = False

    @property
    def home(self) -> str:
        """The home directory."""
        return f"/home/{self.name}"


def _keys(state: State) -> Iterable[Key]:
    return [(row.name,) for row in state.rows(select(accounts.c.name))]


@scope("account", keys=_keys)
def account_want(state: State, key: Key) -> AccountWant | None:
    """The Linux account of an account, without password and shell while it is suspended."""
    row = find(state, key[0])
    if row is None:
        return None
    lock = LOCKED if row.suspended else ""
    # A key would still open a shell where only the password is locked (sshd_config(5), UsePAM).
    shell = NO_SHELL if row.suspended else row.shell
    jailed = is_jailed(state, row.name)
    return AccountWant(row.name, uid_of(row.id), lock + row.password_hash, shell, row.contact, jailed)
