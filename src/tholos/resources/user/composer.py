"""Composer, the package manager of PHP, in an account's home: Debian's own, so that its updates come with Debian's."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec
from sqlalchemy import select, update

from tholos.kernel.command import command
from tholos.kernel.errors import Invalid, ServiceFailed
from tholos.kernel.touched import Key
from tholos.kernel.tx import State, Tx
from tholos.kernel.types import Number
from tholos.kernel.want import scope
from tholos.resources.log.model import note
from tholos.resources.types import AccountName, YesNo
from tholos.resources.user.model import accounts, uid_of
from tholos.resources.user.record import find, require_active

PROGRAM = "/usr/bin/composer"
_DEBIAN = 2
"""The version of Debian 12 and 13 alike."""


class ComposerVersion(Number):
    """The first number of a version of Composer."""

    expected = f"the number {_DEBIAN}, which is the version of Debian's Composer"
    example = str(_DEBIAN)


_DEFAULT = ComposerVersion(_DEBIAN)


class ComposerWant(msgspec.Struct, frozen=True):
    """An account that has Composer in its home."""

    name: str
    uid: int


def _keys(state: State) -> Iterable[Key]:
    return [(row.name,) for row in state.rows(select(accounts.c.name).where(accounts.c.composer))]


@scope("composer", keys=_keys)
def composer_want(state: State, key: Key) -> ComposerWant | None:
    """The account, None where it has not asked for Composer; what was put into a home once is never taken out again."""
    account = find(state, key[0])
    return ComposerWant(account.name, uid_of(account.id)) if account is not None and account.composer else None


@command(
    "user.composer.add",
    legacy="v-add-user-composer USER [VERSION] [UPDATE]",
    rest="POST /users/{user}/composer",
    role="user",
)
def add(tx: Tx, user: AccountName, version: ComposerVersion = _DEFAULT, update: YesNo | None = None) -> None:
    """Give an account the Composer of the machine as ~/.composer/composer, and as composer in its shell."""
    account = require_active(tx, user)
    debian = _DEFAULT
    if version != debian:
        raise Invalid(f"invalid version format :: {version} (Debian's Composer is {debian})", argument="version")
    if not tx.context.machine.read("program", PROGRAM):
        raise ServiceFailed("composer is not installed")
    tx.context.machine.read("composer place", user, str(uid_of(account.id)))
    _mark(tx, user)
    tx.want("composer", user)
    note(tx, user, "Plugins", f"Composer added (Version: {version}).")


def _mark(tx: Tx, user: str) -> None:
    tx.execute(update(accounts).where(accounts.c.name == user).values(composer=True))
