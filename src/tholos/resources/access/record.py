"""Reading access keys: the record that lists show, and what a login is checked against."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import select

from tholos.kernel.errors import NotExist
from tholos.kernel.tx import State
from tholos.resources.access.model import access_keys, legacy_keys
from tholos.resources.system.model import root_user
from tholos.resources.user.model import accounts


@dataclass(frozen=True)
class Key:
    """An access key as it is stored, with the state of the account that owns it.

    ``profiles`` is empty for a key that is not restricted; ``owner_suspended`` is None when there is no such account.
    """

    key: str
    secret_hash: str
    owner: str
    profiles: tuple[str, ...]
    expires: datetime | None
    addresses: str
    is_root: bool
    owner_suspended: bool | None


@dataclass(frozen=True)
class Listed:
    """An access key as lists show it; the secret is known only when the key has just been made."""

    access_key_id: str
    user: str
    permissions: tuple[str, ...]
    comment: str
    created: datetime
    secret_access_key: str = ""
    expires: datetime | None = None
    addresses: str = ""

    def without_secret(self) -> Listed:
        """The key as everybody may keep it."""
        return replace(self, secret_access_key="")


def find(state: State, key: str) -> Key | None:
    """A key by its name, or None."""
    joined = access_keys.outerjoin(accounts, accounts.c.name == access_keys.c.account)
    row = state.row(select(access_keys, accounts.c.suspended).select_from(joined).where(access_keys.c.key == key))
    if row is None:
        return None
    return Key(
        key=row.key,
        secret_hash=row.secret_hash,
        owner=row.account,
        profiles=profiles_of(row.permissions),
        expires=row.expires,
        addresses=row.addresses,
        is_root=row.account == root_user(state),
        owner_suspended=row.suspended,
    )


def has_legacy(state: State, hashed: str) -> bool:
    """Tell whether there is a legacy key with this stored form."""
    return state.row(select(legacy_keys.c.hash).where(legacy_keys.c.hash == hashed)) is not None


def listed(state: State, key: str) -> Listed:
    """One key for lists, or NotExist."""
    row = state.row(select(access_keys).where(access_keys.c.key == key))
    if row is None:
        raise NotExist(f"key {key} doesn't exist", argument="access_key_id")
    return _listed(row)


def all_listed(state: State, owner: str | None) -> Sequence[Listed]:
    """The keys of an account, or all, by name."""
    wanted = select(access_keys).order_by(access_keys.c.key)
    if owner is not None:
        wanted = wanted.where(access_keys.c.account == owner)
    return [_listed(row) for row in state.listed(wanted, _COLUMNS)]


_COLUMNS = {"access_key_id": access_keys.c.key, "user": access_keys.c.account, "comment": access_keys.c.comment}
"""The columns behind the fields that a list is filtered by."""


def profiles_of(permissions: str) -> tuple[str, ...]:
    """The profiles in a stored list."""
    return tuple(name for name in permissions.split(",") if name)


def _listed(row: Any) -> Listed:
    return Listed(
        row.key,
        row.account,
        profiles_of(row.permissions),
        row.comment,
        row.created,
        expires=row.expires,
        addresses=row.addresses,
    )
