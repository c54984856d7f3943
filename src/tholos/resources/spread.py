"""Having very many things of an account follow the state: a few in each change, so that nobody waits for all of them.

A call changes the rows of all at once. Where it touches more sites and zones than ``TOGETHER``, a job has them follow
(``jobs/kinds/follow.py``); it plans from the state as that is then, so whatever else is changed meanwhile holds.
"""

from __future__ import annotations

from typing import ClassVar

import msgspec

from tholos.kernel.job import Asked, Started, start_if_free
from tholos.kernel.tx import Tx
from tholos.resources.log.model import note
from tholos.resources.system.model import root_user

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
    """Have things of an account follow the state; ``must`` says that the call has failed where one does not."""

    kind: ClassVar[str] = "follow"
    account: str
    things: tuple[Thing, ...]
    must: bool


def spread(tx: Tx, account: str, *, must: bool) -> Started | None:
    """Leave what the call touches to a job, which is given, where that is very much.

    ``must`` is True where what does not follow makes the call a failure, False where it is told and left out.
    """
    changes = tx.changes
    many = [one for one in changes.touched if one.scope in _SCOPES and one not in changes.dropped]
    if len(many) <= TOGETHER:
        return None
    things = tuple(Thing(*one, forced=one in changes.forced) for one in many)
    # Nobody is refused a suspension for the sake of others' waiting.
    asked = FollowAll(account, things, must)
    started = start_if_free(tx, asked, account=root_user(tx), subject=f"what {account} has")
    if started is None:
        return None
    for one in many:
        del changes.touched[one]
        changes.forced.discard(one)
    return started


def note_left(tx: Tx, account: str, thing: Thing, why: str) -> None:
    """Have an account's history say why a thing does not follow."""
    note(tx, account, "System", f"{thing.scope.capitalize()} {thing.key[1]} stays as it was: {why}.", "Warning")
