"""Switching disk quotas on: every account that there is gets its own, and not only with its next change."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from sqlalchemy import select

from tholos.kernel.job import Asked, start
from tholos.kernel.tx import State, Tx
from tholos.resources.log.model import note
from tholos.resources.system.model import root_user
from tholos.resources.user.model import accounts

TOGETHER = 50
"""Accounts whose quotas are set in one transaction at most: for each a program is run that asks, and one that sets."""
SUBJECT = "the disk quotas of accounts"


class SetQuotas(Asked, frozen=True):
    """Give every account its disk quota."""

    kind: ClassVar[str] = "user.quotas"


def reach_all(tx: Tx) -> None:
    """Give every account its quota, now that quotas are on.

    Of more accounts than ``TOGETHER`` a job takes care: nobody should wait for all of them. Raise InUse while one from
    before is not finished.
    """
    names = names_of_all(tx)
    if len(names) > TOGETHER:
        start(tx, SetQuotas(), account=root_user(tx), subject=SUBJECT)
    else:
        want_quotas(tx, names)


def names_of_all(state: State) -> list[str]:
    """The names of all accounts."""
    return [row.name for row in state.rows(select(accounts.c.name).order_by(accounts.c.id))]


def want_quotas(tx: Tx, names: Sequence[str]) -> None:
    """Have the quotas of some accounts set, where they differ."""
    for name in names:
        tx.want("quota", name)


def note_unset(tx: Tx, name: str, why: str) -> None:
    """Have an account's history say why its quota could not be set."""
    note(tx, name, "System", f"Disk quota not set: {why}.", "Warning")
