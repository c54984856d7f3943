"""A key for copying files for a while: with it a tool on the node, such as a file manager, comes in as the account.

The private half is in the account's home and nowhere else, for the account and root alone. The public half gives SFTP
until its time is over: sshd itself looks at the clock (``expiry-time``, sshd(8)), also while no engine runs.
"""

from __future__ import annotations

import base64
import time
from typing import NamedTuple

from sqlalchemy import delete, select
from sqlalchemy.dialects.sqlite import insert

from tholos.kernel.command import command
from tholos.kernel.due import call_later, forget_call
from tholos.kernel.secret import Secret
from tholos.kernel.tx import State, Tx
from tholos.resources.types import AccountName, Minutes
from tholos.resources.user.model import sftp_keys
from tholos.resources.user.record import require, require_active

_HALF_HOUR = Minutes(30)
_END = "v-delete-user-sftp-key"


class Pair(NamedTuple):
    """Both halves of a key: the public one in base64, the private one as ssh(1) reads it."""

    blob: str
    private: Secret


def new_pair(_state: State, **_arguments: object) -> Pair:
    """A new key. It is made before the call's turn: the library alone takes longer to load than a call may."""
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    private = Ed25519PrivateKey.generate()
    kind, raw = serialization.Encoding, private.public_key().public_bytes_raw()
    text = private.private_bytes(kind.PEM, serialization.PrivateFormat.OpenSSH, serialization.NoEncryption())
    blob = b"".join(len(part).to_bytes(4) + part for part in (b"ssh-ed25519", raw))
    return Pair(base64.b64encode(blob).decode(), Secret(text))


@command(
    "user.sftp_key.add", legacy="v-add-user-sftp-key USER [TTL]", rest="POST /users/{user}/sftp-key", before=new_pair
)
def add(tx: Tx, user: AccountName, ttl: Minutes = _HALF_HOUR) -> None:
    """Put a key into an account's home that gives SFTP as the account for some minutes, in place of the last one."""
    account, pair = require_active(tx, user), tx.gathered()
    values = {"blob": pair.blob, "shell": account.shell, "expires": int(time.time()) + ttl * 60}
    added = insert(sftp_keys).values(account=user, **values)
    tx.execute(added.on_conflict_do_update(index_elements=["account"], set_=values))
    forget_call(tx, _END, user)
    call_later(tx, ttl * 60, _END, user)
    tx.want("ssh_keys", user)
    tx.hand(pair.private, "sftp_key", user)


@command("user.sftp_key.delete", legacy="v-delete-user-sftp-key USER", rest="DELETE /users/{user}/sftp-key", own=True)
def remove(tx: Tx, user: AccountName) -> None:
    """Take the key for copying files away before its time; nothing happens where there is none."""
    require(tx, user)
    forget_key(tx, user)
    tx.want("ssh_keys", user)
    tx.want("sftp_key", user)


def forget_key(tx: Tx, user: str) -> bool:
    """Take a key out of the state; tell whether there was one."""
    forget_call(tx, _END, user)
    return tx.execute(delete(sftp_keys).where(sftp_keys.c.account == user)) > 0


def end_key(tx: Tx, user: str) -> None:
    """Take a key away in a call of its own, made right after this one.

    An account could make its own directory unusable, and that must not keep it from being suspended.
    """
    if forget_key(tx, user):
        call_later(tx, 0, _END, user)


def follow_shell_with_key(tx: Tx, user: str, shell: str) -> None:
    """Take a key away that was made for another shell: what it opens is what that shell lets through."""
    made_for = tx.value(select(sftp_keys.c.shell).where(sftp_keys.c.account == user))
    if made_for is not None and made_for != shell:
        end_key(tx, user)
