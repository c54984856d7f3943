"""How much of the machine an account may use: its disk quota and the limits of its slice (systemd.slice(5))."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

import msgspec
from sqlalchemy import select

from tholos.kernel.command import command
from tholos.kernel.job import Started
from tholos.kernel.touched import Key
from tholos.kernel.tx import State, Tx
from tholos.kernel.want import scope
from tholos.resources.system.model import setting
from tholos.resources.types import AccountName
from tholos.resources.user.each import Each, all_names, do_each, each
from tholos.resources.user.model import accounts, uid_of
from tholos.resources.user.record import Account, find, require

QUOTA, LIMITS = "DISK_QUOTA", "RESOURCES_LIMIT"
"""The settings that switch the two on."""
_UNITS = {"": 1, "K": 2**10, "M": 2**20, "G": 2**30, "T": 2**40}
_PERIODS = {"ms": 1_000, "s": 1_000_000}
_UNLIMITED = ("", "unlimited")


class Bounds(NamedTuple):
    """Microseconds of processor a second, microseconds of the period, bytes of memory and of swap; None is no limit."""

    cpu: int | None = None
    period: int | None = None
    memory: int | None = None
    swap: int | None = None


class SliceWant(msgspec.Struct, frozen=True):
    """The slice of an account."""

    uid: int
    bounds: Bounds


class QuotaWant(msgspec.Struct, frozen=True):
    """The disk quota of an account in kibibytes; 0 is no limit (setquota(8))."""

    uid: int
    kibibytes: int


@command("user.quota.update", legacy="v-update-user-quota USER", rest="POST /users/{user}/quota/update")
def update_quota(tx: Tx, user: AccountName) -> None:
    """Apply the disk quota of an account; nothing happens while quotas are off."""
    account = require(tx, user)
    if setting(tx, QUOTA) == "yes":
        tx.want("quota", account.name)


@command(
    "user.limits.update",
    legacy="v-update-user-cgroup [USER]",
    usage="USER",
    minimum=0,
    rest="POST /users/{user}/limits/update",
)
def update_limits(tx: Tx, user: AccountName | None = None) -> Started | None:
    """Apply the limits of processor and memory of an account, or of all; nothing happens while limits are off."""
    if user is not None:
        require(tx, user)
    if setting(tx, LIMITS) != "yes":
        return None
    if user is None:
        return do_each(tx, SLICES)
    _want_slice(tx, user)
    return None


def _want_slice(tx: Tx, user: AccountName) -> None:
    tx.want("slice", user, str(uid_of(require(tx, user).id)))


SLICES = each(Each("slices", "the limits of accounts", all_names, _want_slice, "Limits not set"))
"""Having the slice of every account as the settings say."""


def allot(tx: Tx, user: str) -> None:
    """Have quota and slice of an account follow its record, as far as they are on."""
    account = find(tx, user)
    if account is None:
        return
    if setting(tx, QUOTA) == "yes":
        tx.want("quota", account.name)
    if setting(tx, LIMITS) == "yes":
        tx.want("slice", account.name, str(uid_of(account.id)))


def withdraw(tx: Tx, account: Account) -> None:
    """Take away the slice of an account that is deleted; its number, and so its quota, is never anybody else's."""
    if setting(tx, LIMITS) == "yes":
        tx.drop("slice", account.name, str(uid_of(account.id)))


def _quota_keys(state: State) -> Iterable[Key]:
    if setting(state, QUOTA) != "yes":
        return []
    return [(row.name,) for row in state.rows(select(accounts.c.name))]


@scope("quota", keys=_quota_keys)
def quota_want(state: State, key: Key) -> QuotaWant | None:
    """The quota of an account; None while quotas are off."""
    account = find(state, key[0])
    if account is None or setting(state, QUOTA) != "yes":
        return None
    limit = account.disk_quota
    return QuotaWant(uid_of(account.id), 0 if limit in _UNLIMITED else int(limit) * 1024)


def _slice_keys(state: State) -> Iterable[Key]:
    if setting(state, LIMITS) != "yes":
        return []
    return [(row.name, str(uid_of(row.id))) for row in state.rows(select(accounts.c.id, accounts.c.name))]


@scope("slice", keys=_slice_keys)
def slice_want(state: State, key: Key) -> SliceWant | None:
    """The slice of an account, without limits while limits are off; None for an account that is gone."""
    account = find(state, key[0])
    if account is None or str(uid_of(account.id)) != key[1]:
        return None
    on = setting(state, LIMITS) == "yes"
    return SliceWant(uid_of(account.id), _bounds(account) if on else Bounds())


def _bounds(account: Account) -> Bounds:
    percent = account.cpu_quota
    cpu = None if percent in _UNLIMITED else int(percent.rstrip("%")) * 10_000
    return Bounds(cpu, _period(account.cpu_quota_period), _bytes(account.memory_limit), _bytes(account.swap_limit))


def _period(value: str) -> int | None:
    found = re.fullmatch(r"([0-9]+)(ms|s)", value)
    return int(found[1]) * _PERIODS[found[2]] if found else None


def _bytes(value: str) -> int | None:
    found = re.fullmatch(r"([0-9]+)([KMGT]?)", value)
    return int(found[1]) * _UNITS[found[2]] if found else None
