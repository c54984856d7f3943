"""Which keys the file of an account must and must not have."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec
from sqlalchemy import select

from tholos.kernel.tx import State
from tholos.kernel.want import Key, scope
from tholos.resources.user.model import ssh_keys, uid_of
from tholos.resources.user.record import find


class SshKeysWant(msgspec.Struct, frozen=True):
    """Keys of an account: lines of authorized_keys by the blob in them, and blobs that were taken away."""

    name: str
    uid: int
    lines: tuple[tuple[str, str], ...]
    revoked: tuple[str, ...]

    @property
    def directory(self) -> str:
        """Where sshd looks for the file."""
        return f"/home/{self.name}/.ssh"


def _names(state: State) -> Iterable[Key]:
    return [(row.account,) for row in state.rows(select(ssh_keys.c.account).distinct())]


@scope("ssh_keys", keys=_names)
def ssh_keys_want(state: State, key: Key) -> SshKeysWant | None:
    """The keys of an account; None when there is no such account."""
    account = find(state, key[0])
    if account is None:
        return None
    rows = state.rows(select(ssh_keys).where(ssh_keys.c.account == account.name).order_by(ssh_keys.c.created))
    lines = tuple((row.blob, f"{row.kind} {row.blob} {row.comment}".rstrip()) for row in rows if not row.revoked)
    return SshKeysWant(account.name, uid_of(account.id), lines, tuple(row.blob for row in rows if row.revoked))
