"""Work for the writer: a change that waits, and a round of changes that run on one connection."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection

from tholos.kernel.errors import Refusal
from tholos.kernel.tx import Changes, Context, Tx

MOST_LEFT_OUT = 3
"""Things that a call goes on without: each costs one more try, for which others wait."""


@dataclass
class Work:
    """A change that waits for the writer: what to run, for whom, and where its result goes.

    ``run`` may run more than once. ``visible`` is False for work that changes nothing that a reader could see.
    ``left_out`` are things that a service refused, with its words, ``dispensable`` those that may be left out.
    """

    run: Callable[[Tx], Any]
    context: Context
    dry_run: bool = False
    visible: bool = True
    done: Future[Any] = field(default_factory=Future)
    left_out: dict[str, str] = field(default_factory=dict)
    dispensable: set[str] = field(default_factory=set)

    def goes_on_without(self, error: BaseException) -> bool:
        """Tell whether to try again without the one thing that an error is about."""
        thing = error.thing if isinstance(error, Refusal) else ""
        if thing not in self.dispensable or thing in self.left_out or len(self.left_out) >= MOST_LEFT_OUT:
            return False
        self.left_out[thing] = str(error)
        return True

    def answer(self, value: Any) -> None:
        """Give the result to whoever waits for it; a Refusal is raised there."""
        if isinstance(value, Refusal):
            self.done.set_exception(value)
        else:
            self.done.set_result(value)

    def fail(self, error: BaseException) -> None:
        """Raise an error where the result is waited for, unless it was already given."""
        if not self.done.done():
            self.done.set_exception(error)


class Round:
    """Changes that run one after another on one connection, each in its savepoint.

    ``answers`` holds what they returned or refused, ``deferred`` those that must wait for the next round, ``last`` the
    transaction of the last that ran, from which wants are computed.
    """

    def __init__(self, connection: Connection, together: Sequence[Work]) -> None:
        self.answers: list[tuple[Work, Any]] = []
        self.deferred: list[Work] = []
        self.changes = Changes()
        self.last: Tx | None = None
        self.visible = False
        for work in together:
            self._run(connection, work)

    def _run(self, connection: Connection, work: Work) -> None:
        # A dry run is rolled back, so it shares its transaction with nobody.
        crowded = bool(self.answers) and (work.dry_run or self.answers[-1][0].dry_run)
        if crowded or self.deferred:
            self.deferred.append(work)
            return
        tx = Tx(connection, work.context)
        tx.left_out, tx.dispensable = work.left_out, work.dispensable
        savepoint = connection.begin_nested()
        try:
            value = work.run(tx)
        except Refusal as refusal:
            savepoint.rollback()
            self.answers.append((work, refusal))
            return
        if self.changes.dropped.intersection(tx.changes.touched):
            # A thing that this round takes away is being made anew: the old one must be gone first.
            savepoint.rollback()
            self.deferred.append(work)
            return
        savepoint.commit()
        self._include(tx.changes)
        self.answers.append((work, value))
        self.last = tx
        self.visible = self.visible or work.visible

    def _include(self, changes: Changes) -> None:
        self.changes.touched.update(changes.touched)
        self.changes.forced.update(changes.forced)
        self.changes.dropped.update(changes.dropped)
        self.changes.tables.update(changes.tables)
        self.changes.handed.update(changes.handed)
