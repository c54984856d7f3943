"""The key by which a forgotten password is replaced."""

from __future__ import annotations

import re
from datetime import timedelta

from sqlalchemy import update

from tholos.kernel.command import command
from tholos.kernel.errors import Invalid
from tholos.kernel.tx import Tx
from tholos.kernel.types import Text
from tholos.resources.log.model import SYSTEM, note
from tholos.resources.types import AccountName
from tholos.resources.user.add import new_recovery_key
from tholos.resources.user.model import accounts
from tholos.resources.user.record import require_active

VALID = timedelta(hours=1)
"""How long a key that was asked for counts."""


class RecoveryKey(Text):
    """A key for resetting a password (is_hash_format_valid); it may stand in a temporary file."""

    __slots__ = ()
    pattern = re.compile(r"[A-Za-z0-9|:=_-]+")
    max_length = 80
    expected = "a key of letters, digits and | : = _ -"
    example = "RAnDomKeY0123456"
    secret = True

    @classmethod
    def refusal(cls, raw: str, argument: str) -> Invalid:
        return Invalid(f"invalid {argument} format", argument=argument)


@command(
    "user.recovery_key.change",
    legacy="v-change-user-rkey USER [HASH]",
    rest="PUT /users/{user}/recovery-key",
)
def change(tx: Tx, user: AccountName, hash: RecoveryKey | None = None) -> None:
    """Give an account another key for resetting its password, a random one unless one is named."""
    require_active(tx, user)
    until = int((tx.context.now + VALID).timestamp())
    values = {"recovery_key": hash or new_recovery_key(), "recovery_expires": until}
    tx.execute(update(accounts).where(accounts.c.name == user).values(values))
    note(tx, SYSTEM, "Users", f"Recovery key changed (Name: {user}).", "Warning")
    note(tx, user, "System", "Recovery key changed.", "Warning")
