"""Changing the settings of a node."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy.dialects.sqlite import insert

from tholos.kernel.tx import Tx
from tholos.resources.system.model import setting, settings

Follow = Callable[[Tx], None]
_FOLLOWERS: dict[str, Follow] = {}


def follows(key: str) -> Callable[[Follow], Follow]:
    """Have a function called, in the same transaction, when a setting has got another value."""

    def register(follow: Follow) -> Follow:
        _FOLLOWERS[key] = follow
        return follow

    return register


def set_setting(tx: Tx, key: str, value: str) -> None:
    """Give a setting a value, whether it had one or not."""
    follow = _FOLLOWERS.get(key) if setting(tx, key) != value else None
    added = insert(settings).values(key=key, value=value)
    tx.execute(added.on_conflict_do_update(index_elements=["key"], set_={"value": value}))
    if follow is not None:
        follow(tx)
