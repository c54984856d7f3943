"""The single writer: takes the changes that are waiting, carries them out together, commits once, answers everybody.

Each change runs in a savepoint, so that a refusal takes back only its own rows. When the machine cannot be changed as
planned, everything is taken back and the changes run again one by one: then only the culprit fails.
"""

from __future__ import annotations

import queue
import secrets
import sqlite3
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any

import structlog
from sqlalchemy import Connection, delete, insert
from sqlalchemy.exc import OperationalError

from tholos.apply.batch import Applier, Plan, make_plan
from tholos.apply.driver import Driver
from tholos.apply.model import batches, purges
from tholos.apply.store import Store
from tholos.kernel.errors import DiskFull, Refusal
from tholos.kernel.tx import Changes, Context, Tx

log = structlog.get_logger()
MOST_TOGETHER = 64
"""How many changes share one commit at most; it bounds how long the first of them waits for the last."""


@dataclass
class Work:
    """A change that waits for the writer: what to run, for whom, and where its result goes."""

    run: Callable[[Tx], Any]
    context: Context
    dry_run: bool = False
    visible: bool = True
    done: Future[Any] = field(default_factory=Future)


class Writer(threading.Thread):
    """The thread that owns the writing connection and the host."""

    def __init__(self, store: Store, applier: Applier, drivers: Sequence[Driver]) -> None:
        super().__init__(name="writer", daemon=True)
        self.store = store
        self.applier = applier
        self.drivers = drivers
        self.after_commit: Callable[[], None] = lambda: None
        self._waiting: queue.SimpleQueue[Work | None] = queue.SimpleQueue()

    def submit(self, work: Work) -> Future[Any]:
        """Queue a change; its future gives what the function returned, or raises what it raised."""
        self._waiting.put(work)
        return work.done

    def stop(self) -> None:
        """Finish what was submitted before, then end the thread."""
        self._waiting.put(None)
        self.join()

    def run(self) -> None:
        """Carry out batches until told to stop."""
        deferred: list[Work] = []
        running = True
        while running or deferred:
            together = deferred or self._take()
            running = running and None not in together
            deferred = self.carry_out([work for work in together if work is not None])

    def _take(self) -> list[Any]:
        together: list[Work | None] = [self._waiting.get()]
        while len(together) < MOST_TOGETHER and together[-1] is not None:
            try:
                together.append(self._waiting.get_nowait())
            except queue.Empty:
                break
        return together

    def carry_out(self, together: Sequence[Work]) -> list[Work]:
        """Carry out changes in one commit; give those that must wait for the next."""
        if not together:
            return []
        try:
            answers, deferred = self._transact(together)
        except Exception as error:
            if len(together) == 1:
                together[0].done.set_exception(_as_refusal(error))
                return []
            log.warning("batch failed, running its calls one by one", calls=len(together), error=str(error))
            return [left for work in together for left in self.carry_out([work])]
        for work, answer in answers:
            _answer(work, answer)
        self.after_commit()
        return deferred

    def _transact(self, together: Sequence[Work]) -> tuple[list[tuple[Work, Any]], list[Work]]:
        batch = secrets.token_hex(8)
        with self.store.writing() as connection:
            try:
                run = _Run(connection, together)
                plan = make_plan(run.last, run.changes, self.drivers, self.applier.host) if run.last else Plan()
                if any(work.dry_run for work in together):
                    connection.rollback()
                    return [(work, a if isinstance(a, Refusal) else plan) for work, a in run.answers], run.deferred
                self.applier.apply(batch, run.changes, plan)
            except BaseException:
                connection.rollback()
                raise
            self._commit(connection, batch, plan, run)
        return run.answers, run.deferred

    def _commit(self, connection: Connection, batch: str, plan: Plan, run: _Run) -> None:
        try:
            if not plan.is_empty:
                connection.execute(delete(batches))
                connection.execute(insert(batches).values(id=batch))
                for step in plan.discards:
                    connection.execute(insert(purges).values(batch=batch, path=step.path))
            connection.commit()
        except BaseException:
            connection.rollback()
            if entry := self.applier.journal.pending():
                self.applier.take_back(entry.undo, entry.reloads)
                self.applier.journal.end()
            raise
        if not plan.is_empty:
            self.applier.journal.end()
        if run.visible:
            self.store.generation += 1


class _Run:
    """The functions of a batch, run one after another on one connection, each in its savepoint."""

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
        savepoint = connection.begin_nested()
        try:
            value = work.run(tx)
        except Refusal as refusal:
            savepoint.rollback()
            self.answers.append((work, refusal))
            return
        if self.changes.dropped.intersection(tx.changes.touched):
            # A thing that this batch takes away is being made anew: the old one must be gone first.
            savepoint.rollback()
            self.deferred.append(work)
            return
        savepoint.commit()
        self.changes.touched.update(tx.changes.touched)
        self.changes.forced.update(tx.changes.forced)
        self.changes.dropped.update(tx.changes.dropped)
        self.answers.append((work, value))
        self.last = tx
        self.visible = self.visible or work.visible


def _answer(work: Work, answer: Any) -> None:
    if isinstance(answer, Refusal):
        work.done.set_exception(answer)
    else:
        work.done.set_result(answer)


def _as_refusal(error: Exception) -> Exception:
    if isinstance(error, OSError) and error.errno in (28, 122):
        return DiskFull("no space left on the device; nothing was changed")
    original = error.orig if isinstance(error, OperationalError) else None
    if isinstance(original, sqlite3.OperationalError) and "full" in str(original):
        return DiskFull("no space left on the device; nothing was changed")
    return error
