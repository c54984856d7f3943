"""Which keys the files of an account must and must not have."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import msgspec
from sqlalchemy import select, union

from tholos.kernel.secret import Secret
from tholos.kernel.touched import Key
from tholos.kernel.tx import State
from tholos.kernel.want import scope
from tholos.resources.user.model import sftp_keys, ssh_keys, uid_of
from tholos.resources.user.record import find
from tholos.resources.user.sftp_jail import NO_SHELL


class GuestKey(NamedTuple):
    """A key that gives SFTP alone until a second since 1970 (UTC), through the account's shell where it has one."""

    blob: str
    expires: int
    through_shell: bool


class SshKeysWant(msgspec.Struct, frozen=True):
    """Keys of an account: lines of authorized_keys by the blob in them, blobs that were taken away, and a guest's."""

    name: str
    uid: int
    lines: tuple[tuple[str, str], ...]
    revoked: tuple[str, ...]
    guest: GuestKey | None = None

    @property
    def directory(self) -> str:
        """Where sshd looks for the file."""
        return f"/home/{self.name}/.ssh"


class SftpKeyWant(msgspec.Struct, frozen=True):
    """The file with the private half of a key for copying files; its content, ``handed``, is known once alone."""

    name: str
    uid: int
    present: bool
    handed: Secret | None = None

    @property
    def directory(self) -> str:
        """Where the file is, as tools know it."""
        return f"/home/{self.name}/.ssh"


def _names(state: State) -> Iterable[Key]:
    every = union(select(ssh_keys.c.account), select(sftp_keys.c.account))
    return [(row.account,) for row in state.rows(every)]


@scope("ssh_keys", keys=_names)
def ssh_keys_want(state: State, key: Key) -> SshKeysWant | None:
    """The keys of an account; None when there is no such account."""
    account = find(state, key[0])
    if account is None:
        return None
    rows = state.rows(select(ssh_keys).where(ssh_keys.c.account == account.name).order_by(ssh_keys.c.created))
    lines = tuple((row.blob, f"{row.kind} {row.blob} {row.comment}".rstrip()) for row in rows if not row.revoked)
    revoked = tuple(row.blob for row in rows if row.revoked)
    return SshKeysWant(account.name, uid_of(account.id), lines, revoked, _guest(state, account.name))


def _guest(state: State, user: str) -> GuestKey | None:
    row = state.row(select(sftp_keys).where(sftp_keys.c.account == user))
    return None if row is None else GuestKey(row.blob, row.expires, row.shell != NO_SHELL)


def _guests(state: State) -> Iterable[Key]:
    return [(row.account,) for row in state.rows(select(sftp_keys.c.account))]


@scope("sftp_key", keys=_guests)
def sftp_key_want(state: State, key: Key) -> SftpKeyWant | None:
    """The private half of an account's key; None when there is no such account."""
    account = find(state, key[0])
    if account is None:
        return None
    present = state.value(select(sftp_keys.c.account).where(sftp_keys.c.account == account.name)) is not None
    return SftpKeyWant(account.name, uid_of(account.id), present)
