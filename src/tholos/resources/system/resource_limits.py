"""Switching the limits of processor and memory of accounts on and off."""

from __future__ import annotations

from sqlalchemy import select

from tholos.kernel.command import command
from tholos.kernel.tx import Tx
from tholos.resources.log.model import SYSTEM, note
from tholos.resources.system.settings import set_setting
from tholos.resources.user.allotment import LIMITS
from tholos.resources.user.model import accounts, uid_of


@command("system.limits.enable", legacy="v-add-sys-cgroups", rest="POST /system/limits")
def enable(tx: Tx) -> None:
    """Limit processor and memory of every account as its package says."""
    _switch(tx, "yes")
    note(tx, SYSTEM, "Plugins", "Limits of accounts switched on.")


@command("system.limits.disable", legacy="v-delete-sys-cgroups", rest="DELETE /system/limits")
def disable(tx: Tx) -> None:
    """Take the limits of processor and memory from every account."""
    _switch(tx, "no")
    note(tx, SYSTEM, "Plugins", "Limits of accounts switched off.")


def _switch(tx: Tx, word: str) -> None:
    set_setting(tx, LIMITS, word)
    for row in tx.rows(select(accounts.c.id, accounts.c.name)):
        tx.want("slice", row.name, str(uid_of(row.id)))
