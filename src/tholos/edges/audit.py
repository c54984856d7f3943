"""The audit trail: who made a change, from where, with which arguments; the newest entries of all, and no secret."""

from __future__ import annotations

import msgspec
from sqlalchemy import bindparam, delete, func, insert, select

from tholos.apply.model import audit
from tholos.kernel.command import Bound, Command, Parameter
from tholos.kernel.tx import Tx

SHOWN = 200
"""Characters of an argument that are kept; of a longer one its length is kept beside them."""
KEPT = 100_000
"""Entries that are kept; beyond, the oldest go."""
ROOM = 50
"""One call of so many takes old entries out, twice as many at most: whatever there is, it goes in time."""

# Every change adds an entry, so these statements are made once.
_ADD = insert(audit)
_NEWEST = select(func.max(audit.c.id))
_OLDEST = select(audit.c.id).where(audit.c.id <= bindparam("last")).order_by(audit.c.id).limit(2 * ROOM)
_FORGET = delete(audit).where(audit.c.id.in_(_OLDEST))


def record(tx: Tx, command: Command, bound: Bound) -> None:
    """Add an entry for a change that was carried out."""
    shown = {
        slot.name: "******" if is_masked(slot) else _cut(str(bound.arguments[slot.name]))
        for slot in command.parameters
        if slot.name in bound.arguments
    }
    caller = tx.context.caller
    entry = {
        "at": tx.context.now,
        "account": caller.account,
        "key": caller.key,
        "address": tx.context.address,
        "command": command.legacy,
        "arguments": msgspec.json.encode(shown).decode(),
    }
    tx.execute(_ADD, entry)
    newest = tx.value(_NEWEST)
    if newest % ROOM == 0:
        tx.execute(_FORGET, {"last": newest - KEPT})


def _cut(text: str) -> str:
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}... ({len(text)} characters)"


def is_masked(slot: Parameter) -> bool:
    """Tell whether an argument is, or may hold, a secret (the value of a setting can be a password)."""
    return getattr(slot.type, "secret", False) or getattr(slot.type, "masked", False)
