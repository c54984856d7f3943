"""A job that is under way, as its function sees it: its steps, what it tells about itself, and whether to stop."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol, TypeVar

from sqlalchemy import update

from tholos.apply.host import Host
from tholos.jobs.state import JobState
from tholos.kernel.errors import Refusal
from tholos.kernel.job import jobs
from tholos.kernel.tx import State, Tx

Value = TypeVar("Value")
MOST_LINES = 200
"""Lines of a job's log that are kept."""
EVERY = 0.5
"""Seconds between two reports of progress at least."""


class Cancelled(Exception):  # noqa: N818 - it is no error that somebody changed his mind.
    """Somebody has cancelled the job."""


class Interrupted(BaseException):
    """The engine is being stopped; the job goes on when it starts again, so nothing about it is written down."""


class Step(Protocol):
    """What does a step and keeps its result (``jobs/durable.py``)."""

    def __call__(self, name: str, function: Callable[[], Any]) -> Any:
        """Give the result of a step that is done, or do it."""
        ...


class Run:
    """One job; a new one is made each time when it goes on after a kill. ``told`` is its log up to then.

    ``place`` is a directory of the node in which a job may keep files of its own below its id, for root alone.
    """

    def __init__(self, id: str, state: JobState, host: Host, step: Step, place: Path, told: str = "") -> None:
        self.id = id
        self.place = place
        self.state = state
        self.host = host
        self._step = step
        self._cancelled = threading.Event()
        self._interrupted = threading.Event()
        self._lines = told.splitlines()
        self._reported = 0.0

    def step(self, name: str, function: Callable[[], Value]) -> Value:
        """Do a part of the job that finishes once: its result, of JSON's types, is kept.

        A step must be able to begin again after it was cut off. A refusal in it is kept as its result too.
        """
        self.check()
        kept = self._step(name, lambda: self._outcome(function))
        if "refused" in kept:
            text, code, argument = kept["refused"]
            raise Refusal(text, code=code, argument=argument)
        if "cancelled" in kept:
            raise Cancelled
        value: Value = kept["value"]
        return value

    def _outcome(self, function: Callable[[], Any]) -> dict[str, Any]:
        """The result of a step as it is kept; while the engine is being stopped nothing that fails means anything."""
        try:
            return {"value": function()}
        except Refusal as refusal:
            self.check_end()
            return {"refused": [refusal.text, refusal.code, refusal.argument]}
        except Cancelled:
            self.check_end()
            return {"cancelled": True}

    def check(self) -> None:
        """Stop here when somebody has cancelled the job, or the engine is being stopped."""
        if self._interrupted.is_set():
            raise Interrupted
        if self._cancelled.is_set():
            raise Cancelled

    def cancel(self) -> None:
        """Have the job stop at the next check."""
        self._cancelled.set()

    def check_end(self) -> None:
        """As check, where what is being done must come to its end even though the job was cancelled."""
        if self._interrupted.is_set():
            raise Interrupted

    def interrupt(self) -> None:
        """Have the job stop at the next check as if it were killed."""
        self._interrupted.set()

    def read(self, reading: Callable[[State], Value]) -> Value:
        """Read from a snapshot of the state."""
        with self.state.reading() as state:
            return reading(state)

    def change(self, change: Callable[[Tx], Value]) -> Value:
        """Have the writer carry out a change."""
        return self.state.change(change)

    def log(self, line: str) -> None:
        """Add a line to the job's log."""
        shown = "".join(sign if sign.isprintable() else " " for sign in line)[:500]
        self._lines = [*self._lines, f"{datetime.now():%H:%M:%S} {shown}"][-MOST_LINES:]
        self._report(log="\n".join(self._lines))

    def progress(self, part: float) -> None:
        """Say how much is done, from 0 to 1; more often than every half second it is not written down."""
        if time.monotonic() - self._reported >= EVERY:
            self._report(progress=round(min(max(part, 0.0), 1.0), 3))

    def _report(self, **values: object) -> None:
        self._reported = time.monotonic()

        def write(tx: Tx) -> None:
            tx.execute(update(jobs).where(jobs.c.id == self.id).values(values))

        self.state.change(write, visible=False)
