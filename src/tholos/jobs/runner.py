"""The runner of jobs: begins those that commits have written down, cancels them, and lets callers wait for results."""

from __future__ import annotations

import importlib
import threading
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import select

from tholos.apply.host import Host
from tholos.jobs import outbox
from tholos.jobs.declared import KINDS, load
from tholos.jobs.run import Cancelled, Run
from tholos.jobs.state import JobState
from tholos.jobs.woken import Woken
from tholos.kernel.errors import Refusal, ServiceFailed
from tholos.kernel.job import (
    AT_ONCE_OF_ACCOUNTS,
    AT_ONCE_OF_AN_ACCOUNT,
    CANCELLED,
    DONE,
    FAILED,
    KEPT,
    RUNNING,
    UNFINISHED,
    Job,
    jobs,
)
from tholos.kernel.log import log, reason
from tholos.resources.system.model import root_user

if TYPE_CHECKING:
    from tholos.jobs.durable import Durable

FILE = "jobs.db"
NODE = "local"
"""The id of this node's engine. Fixed, because no other engine works with this file."""
MOST_WAITING = 32
"""Callers that wait for jobs at most: each of them takes one of the engine's connections from everybody else."""
MOST_ATTEMPTS = 10
"""How often a job may be cut off by the end of its engine: it may be the job itself that ends it."""
TRY_AGAIN = 60.0
"""Seconds after which what could not be imported is tried again, if nobody asks for a job before."""


class Runner:
    """Carries out the jobs of one engine."""

    def __init__(self, state: JobState, host: Host, directory: Path) -> None:
        self._state = state
        self._host = host
        self._path = directory / FILE
        self._durable: Durable | None = None
        self._begun: set[str] = set()
        self._runs: dict[str, Run] = {}
        self._waiting = 0
        self._broken = ""
        self._changed = threading.Condition()
        self._watch = Woken("jobs", self._look)

    def start(self) -> None:
        """Go on with what was left to do."""
        self._watch.start()

    def notice(self) -> None:
        """Something was committed."""
        self._watch.notice()

    def stop(self) -> None:
        """Begin nothing more; what is under way stops as if it were killed, and goes on with the next engine."""
        self._watch.stop()
        with self._changed:
            runs = [*self._runs.values()]
            self._changed.notify_all()
        for run in runs:
            run.interrupt()
        self._watch.join()
        with self._changed:
            self._changed.wait_for(lambda: not self._runs, timeout=10)
        if self._durable is not None:
            self._durable.close()

    def finished(self, id: str) -> str | None:
        """Wait for a job and give its result; raise the Refusal with which it failed.

        ServiceFailed says that the job goes on although nobody waits: the engine stops, too many wait already, or jobs
        cannot be carried out.
        """
        with self._changed:
            if self._waiting >= MOST_WAITING:
                raise ServiceFailed(f"too many calls wait for jobs; job {id} goes on (v-list-job {id})")
            self._waiting += 1
            try:
                while not self._watch.stopping:
                    found = self._row(id)
                    if found is None or found.state not in UNFINISHED:
                        return _result(found, id)
                    if self._broken:
                        raise ServiceFailed(f"jobs cannot be carried out, the engine's log says why; job {id} waits")
                    self._changed.wait(1.0)
            finally:
                self._waiting -= 1
        raise ServiceFailed(f"the engine is being stopped; job {id} goes on when it starts again")

    def _row(self, id: str) -> Job | None:
        with self._state.reading() as state:
            return state.row(select(jobs).where(jobs.c.id == id))

    def _unfinished(self) -> Sequence[Job]:
        """What is to be done; what was under way comes first, so that it is never held up by what was not."""
        with self._state.reading() as state:
            rows = select(jobs).where(jobs.c.state.in_(UNFINISHED))
            return state.rows(rows.order_by(jobs.c.state != RUNNING, jobs.c.id))

    def _look(self) -> float | None:
        rows = self._unfinished()
        # What is done never comes back, and there may be very many.
        self._begun.intersection_update(row.id for row in rows)
        # Every commit comes here, and nearly always there is no job.
        if not rows:
            return None
        turns = _Turns(self._administrator(), (row.account for row in rows if row.id in self._begun))
        for row in rows:
            if row.cancelling and (run := self._runs.get(row.id)) is not None:
                run.cancel()
            if row.id in self._begun or self._watch.stopping:
                continue
            # What is called off ends at once, and needs no turn.
            if row.cancelling or turns.has(row.account):
                if not self._is_able():
                    return TRY_AGAIN
                self._begin(row.id)
                turns.take(row.account)
        return None

    def _administrator(self) -> str:
        with self._state.reading() as state:
            return root_user(state)

    def _is_able(self) -> bool:
        """Import what carries jobs out, which only the first of them needs; tell whether that is possible."""
        try:
            importlib.import_module("tholos.jobs.durable")
            load()
        except Exception as error:  # A module can break in any way while it is imported.
            self._tell_broken(f"{reason(error)}: {error}")
            return False
        self._broken = ""
        return True

    def _tell_broken(self, why: str) -> None:
        """Log what is broken, once, and send away who waits."""
        if why != self._broken:
            log.error("jobs cannot be carried out", error=why)
        with self._changed:
            self._broken = why
            self._changed.notify_all()

    def _begin(self, id: str) -> None:
        going = self._opened().start(id)
        self._begun.add(id)
        if not going:
            # It has ended, by now or long ago, or another version began it. Nobody may wait for it for ever.
            outbox.finish(self._state, id, FAILED, {"code": 1, "error": "the engine cannot go on with this job"})

    def _opened(self) -> Durable:
        if self._durable is None:
            from tholos.jobs.durable import opened

            self._durable = opened(self._path, NODE, self._carry_out)
            self._durable.forget(datetime.now() - KEPT)
        return self._durable

    def _carry_out(self, id: str) -> None:
        """The workflow of a job: whatever becomes of it is written down, unless the engine stops before."""
        from tholos.jobs.durable import Durable

        row = outbox.begin(self._state, id)
        if row is None:
            return
        run = Run(id, self._state, self._host, Durable.step, self._path.parent / "jobs", row.log)
        with self._changed:
            self._runs[id] = run
        try:
            # Somebody may have cancelled it between the two.
            self._watch.notice()
            became, values = self._outcome(run, row)
            run.check_end()
            outbox.finish(self._state, id, became, values)
        finally:
            with self._changed:
                del self._runs[id]
                self._changed.notify_all()
            # Another one of its account may be waiting for its turn.
            self._watch.notice()

    def _outcome(self, run: Run, row: Job) -> tuple[str, dict[str, object]]:
        if self._watch.stopping:
            run.interrupt()
        if row.cancelling or row.attempts > MOST_ATTEMPTS:
            # A job takes back what it had begun.
            run.cancel()
        given_up = ServiceFailed(f"the engine ended {MOST_ATTEMPTS} times during the job")
        try:
            if row.attempts > 2 * MOST_ATTEMPTS:
                raise given_up
            return DONE, {"result": KINDS[row.kind].carry_out(run, row.arguments), "progress": 1.0}
        except Refusal as refusal:
            return _failed(refusal)
        except Cancelled:
            if not row.cancelling and row.attempts > MOST_ATTEMPTS:
                return _failed(given_up)
            return CANCELLED, {"code": outbox.CANCELLED_CODE, "error": "the job was cancelled"}
        except Exception as error:
            log.error("a job broke off", job=run.id, kind=row.kind, error=reason(error))
            return FAILED, {"code": 1, "error": "internal error"}


class _Turns:
    """Whose jobs are under way, so that neither one account nor all of them keep the administrator's from beginning."""

    def __init__(self, administrator: str, under_way: Iterable[str]) -> None:
        self._administrator = administrator
        self._under_way = Counter(under_way)

    def has(self, account: str) -> bool:
        """Whether one more job of an account may begin."""
        others = self._under_way.total() - self._under_way[self._administrator]
        free = account == self._administrator or others < AT_ONCE_OF_ACCOUNTS
        return free and self._under_way[account] < AT_ONCE_OF_AN_ACCOUNT

    def take(self, account: str) -> None:
        """One more is under way."""
        self._under_way[account] += 1


def _failed(refusal: Refusal) -> tuple[str, dict[str, object]]:
    return FAILED, {"code": refusal.code, "error": refusal.text}


def _result(row: Job | None, id: str) -> str | None:
    if row is None:
        raise ServiceFailed(f"job {id} is not there any more")
    if row.state == DONE:
        result: str | None = row.result
        return result
    raise Refusal(row.error, code=row.code)
