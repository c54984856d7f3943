"""The single writer: takes the changes that are waiting, carries them out together, commits once, answers everybody.

Each change runs in a savepoint, so that a refusal takes back only its own rows. When the machine cannot be changed as
planned, everything is taken back and the changes run again one by one: then only the culprit fails.
"""

from __future__ import annotations

import queue
import secrets
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import Any, NamedTuple

from sqlalchemy import Connection, delete, insert

from tholos.apply import dropping, postponing, processes
from tholos.apply.batch import Applier, Plan, make_plan
from tholos.apply.driver import Driver
from tholos.apply.failures import as_refusal
from tholos.apply.journal import Entry
from tholos.apply.model import batches, purges
from tholos.apply.store import Store
from tholos.apply.work import Round, Work
from tholos.kernel.errors import Refusal, ServiceFailed
from tholos.kernel.log import log, reason

__all__ = ["Work", "Writer"]
MOST_TOGETHER = 64
"""How many changes share one commit at most; it bounds how long the first of them waits for the last."""

WAIT_FOR_MORE = 0.05
"""How long a round waits for as many calls as the last one had, as a part of the last one's time."""

FOR_ANYBODY = 0.2
"""The part of that wait in which further calls are awaited too: a hundredth of what a round costs may spare a round."""

# Every round uses these statements, and making them takes longer than carrying them out.
_FORGET_BATCHES, _ADD_BATCH = delete(batches), insert(batches)


class Committed(NamedTuple):
    """What a commit has changed: the tables, as ``Changes`` has them, and whether it left anything to be purged."""

    tables: frozenset[str] = frozenset()
    leaves: bool = False

    def concerns(self, *beginnings: str) -> bool:
        """Tell whether rows of a table changed whose name begins so."""
        return any(not name or name.startswith(beginnings) for name in self.tables)


class Writer(threading.Thread):
    """The thread that owns the writing connection and the host."""

    def __init__(self, store: Store, applier: Applier, drivers: Sequence[Driver]) -> None:
        super().__init__(name="writer", daemon=True)
        self.store = store
        self.applier = applier
        self.drivers = drivers
        self.after_commit: Callable[[Committed], None] = lambda _committed: None
        # Not a SimpleQueue: Python 3.11's waits for ever when a short timeout is over before its waiting has begun.
        self._waiting: queue.Queue[Work | None] = queue.Queue()
        self._submitting = threading.Lock()
        self._stopping = False
        self._expected = 1
        self._patience = 0.0

    def submit(self, work: Work) -> Future[Any]:
        """Queue a change; its future gives what the function returned, or raises what it raised.

        After ``stop`` it raises a refusal, because nobody would ever answer.
        """
        with self._submitting:
            if not self._stopping:
                self._waiting.put(work)
                return work.done
        work.fail(ServiceFailed("the engine is stopping; nothing was changed"))
        return work.done

    def stop(self) -> None:
        """Finish what was submitted before, then end the thread."""
        with self._submitting:
            self._stopping = True
            self._waiting.put(None)
        self.join()

    def run(self) -> None:
        """Carry out rounds until told to stop."""
        deferred: list[Work] = []
        running = True
        while running or deferred:
            together = deferred or self._take()
            running = running and None not in together
            deferred = self._round([work for work in together if work is not None])

    def _take(self) -> list[Any]:
        """What waits now. Callers who were answered together are given a moment to come back together."""
        together: list[Work | None] = [self._waiting.get()]
        start = time.monotonic()
        while len(together) < MOST_TOGETHER and together[-1] is not None:
            patience = self._patience if len(together) < self._expected else self._patience * FOR_ANYBODY
            left = start + patience - time.monotonic()
            try:
                together.append(self._waiting.get(timeout=left) if left > 0 else self._waiting.get_nowait())
            except queue.Empty:
                break
        return together

    def _round(self, together: list[Work]) -> list[Work]:
        start = time.monotonic()
        try:
            deferred = self.carry_out(together)
        except BaseException as error:
            # This thread must go on, and nobody may wait for an answer that never comes.
            log.error("a round broke off", calls=len(together), error=reason(error))
            deferred = []
            for work in together:
                work.fail(error)
        self._expected = len(together)
        self._patience = (time.monotonic() - start) * WAIT_FOR_MORE
        return deferred

    def carry_out(self, together: Sequence[Work]) -> list[Work]:
        """Carry out changes in one commit and answer them; give those that must wait for the next."""
        if not together:
            return []
        try:
            answers, deferred, committed = self._transact(together)
        except BaseException as error:
            if len(together) == 1 and together[0].goes_on_without(error):
                log.warning("a service refused a thing, running the call without it", error=reason(error))
                return self.carry_out(together)
            if len(together) == 1:
                together[0].fail(as_refusal(error) if isinstance(error, Exception) else error)
                return []
            log.warning("a round failed, running its calls one by one", calls=len(together), error=reason(error))
            return [left for work in together for left in self.carry_out([work])]
        for work, answer in answers:
            work.answer(answer)
        self.after_commit(committed)
        return deferred

    def _transact(self, together: Sequence[Work]) -> tuple[list[tuple[Work, Any]], list[Work], Committed]:
        batch = secrets.token_hex(8)
        entry: Entry | None = None
        plan = Plan()
        with self.store.writing() as connection, self.applier.host.retired.holding():
            try:
                with self.applier.host.remembering():
                    run = Round(connection, together)
                    plan = make_plan(run.last, run.changes, self.drivers, self.applier.host) if run.last else Plan()
                if any(work.dry_run for work, _ in run.answers):
                    connection.rollback()
                    planned = [(work, a if isinstance(a, Refusal) else plan) for work, a in run.answers]
                    return planned, run.deferred, Committed()
                entry = self.applier.apply(batch, run.changes, plan)
                # Before the commit: from then on another thread may find in the table what is to be dropped.
                self.applier.host.retired.add(dropping.retired(plan))
                self._commit(connection, batch, plan)
            except BaseException:
                connection.rollback()
                if entry is not None:
                    self.applier.host.retired.keep(dropping.retired(plan))
                    self.applier.take_back(entry, entry.again)
                raise
        # From here on nothing may fail: the round is done, whatever becomes of what is kept aside.
        if run.visible:
            self.store.generation += 1
        if entry is not None:
            self.applier.settle(entry)
        for server in plan.forsaken():
            self.applier.host.retired.forsake(server)
            self.applier.host.servers.forget(server)
        leaves = plan.leaves or bool(self.applier.astray)
        return run.answers, run.deferred, Committed(frozenset(run.changes.tables), leaves)

    def _commit(self, connection: Connection, batch: str, plan: Plan) -> None:
        if not plan.is_empty:
            connection.execute(_FORGET_BATCHES)
            connection.execute(_ADD_BATCH, {"id": batch})
            for kept in plan.kept_trees(batch):
                connection.execute(insert(purges).values(batch=batch, path=kept))
            dropping.note(connection, batch, plan)
            processes.note(connection, batch, plan)
            postponing.note(connection, plan)
        connection.commit()
