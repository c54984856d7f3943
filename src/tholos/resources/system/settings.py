"""Changing the settings of a node."""

from __future__ import annotations

from sqlalchemy.dialects.sqlite import insert

from tholos.kernel.tx import Tx
from tholos.resources.system.model import settings


def set_setting(tx: Tx, key: str, value: str) -> None:
    """Give a setting a value, whether it had one or not."""
    added = insert(settings).values(key=key, value=value)
    tx.execute(added.on_conflict_do_update(index_elements=["key"], set_={"value": value}))
