"""Switching the limits of processor and memory of accounts on and off."""

from __future__ import annotations

from tholos.kernel.command import command
from tholos.kernel.job import Started
from tholos.kernel.tx import Tx
from tholos.resources.log.model import SYSTEM, note
from tholos.resources.system.settings import set_setting
from tholos.resources.user.allotment import LIMITS, SLICES
from tholos.resources.user.each import do_each


@command("system.limits.enable", legacy="v-add-sys-cgroups", rest="POST /system/limits")
def enable(tx: Tx) -> Started | None:
    """Limit processor and memory of every account as its package says."""
    set_setting(tx, LIMITS, "yes")
    note(tx, SYSTEM, "Plugins", "Limits of accounts switched on.")
    return do_each(tx, SLICES)


@command("system.limits.disable", legacy="v-delete-sys-cgroups", rest="DELETE /system/limits")
def disable(tx: Tx) -> Started | None:
    """Take the limits of processor and memory from every account."""
    set_setting(tx, LIMITS, "no")
    note(tx, SYSTEM, "Plugins", "Limits of accounts switched off.")
    return do_each(tx, SLICES)
