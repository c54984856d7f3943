"""Planning very many things of an account again: a few in each change, so that nobody waits for all of them.

Where a call has more sites and zones planned again than ``TOGETHER``, a job does it (``jobs/kinds/follow.py``); it
plans from the state as that is then, so whatever else is changed meanwhile holds.
"""

from __future__ import annotations

from typing import ClassVar

import msgspec

from tholos.kernel.job import Asked, Started, start
from tholos.kernel.tx import Tx
from tholos.resources.log.model import SYSTEM, note
from tholos.resources.system.model import root_user
from tholos.resources.user.record import find

TOGETHER = 50
"""Things that one transaction plans at most."""
_SCOPES = ("site", "zone")
"""What is spread: things of which an account may have a great many, and that services of this machine take."""


class Thing(msgspec.Struct, frozen=True):
    """A thing that is planned again, and whether its service is checked and reloaded even where nothing differs."""

    scope: str
    key: tuple[str, ...]
    forced: bool = False

    def plan(self, tx: Tx) -> None:
        """Have it planned with a change."""
        (tx.rebuild if self.forced else tx.want)(self.scope, *self.key)


class FollowAll(Asked, frozen=True):
    """Have things of an account follow the state."""

    kind: ClassVar[str] = "follow"
    account: str
    things: tuple[Thing, ...]


def spread(tx: Tx, account: str) -> Started | None:
    """Leave what the call has planned again to a job, which is given, where that is very much.

    What does not follow is told and left out. Raise InUse while such a job of the account is not finished.
    """
    changes = tx.changes
    many = [one for one in changes.touched if one.scope in _SCOPES and one not in changes.dropped]
    if len(many) <= TOGETHER:
        return None
    things = tuple(Thing(*one, forced=one in changes.forced) for one in many)
    # A job is its caller's: he may look at it, and it counts among his.
    owner = account if tx.context.caller.account == account else root_user(tx)
    started = start(tx, FollowAll(account, things), account=owner, subject=f"what {account} has")
    for one in many:
        del changes.touched[one]
        changes.forced.discard(one)
    return started


def note_left(tx: Tx, account: str, thing: Thing, why: str) -> None:
    """Have an account's history say why a thing does not follow, if the account is still there."""
    if account == SYSTEM or find(tx, account) is not None:
        note(tx, account, "System", f"{thing.scope.capitalize()} {thing.key[1]} stays as it was: {why}.", "Warning")
