"""A kind of job for tests: it counts its steps in a file, may be held up in one of them, fail, or be killed."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path
from typing import ClassVar

from tholos.apply.writer import Work
from tholos.bootstrap import ROOT, Engine
from tholos.jobs.declared import job
from tholos.jobs.run import Run
from tholos.kernel.errors import Exists
from tholos.kernel.job import Asked, Started, start
from tholos.kernel.tx import Tx

STEPS = 4


class Count(Asked, frozen=True):
    """Write a line for each step into a file.

    In step ``at`` the job ends as ``how`` says: ``fail`` with a refusal, ``break`` with a fault, ``kill`` with the
    engine's end, as long as the file ``path`` + ``.again`` holds a number above zero, and ``hold`` until it is called
    off.
    """

    kind: ClassVar[str] = "test.count"
    path: str
    at: int = -1
    how: str = ""


@job(Count)
def count(run: Run, asked: Count) -> str | None:
    """Count; the result is the sum of what the steps gave."""
    total = 0
    for number in range(STEPS):
        total += run.step(f"count {number}", lambda number=number: _counted(run, asked, number))  # type: ignore[misc]
    return str(total)


def _counted(run: Run, asked: Count, number: int) -> int:
    with Path(asked.path).open("a") as file:
        file.write(f"{number}\n")
    run.log(f"step {number}")
    run.progress(number / STEPS)
    if number == asked.at:
        _end(run, asked)
    return number


def _end(run: Run, asked: Count) -> None:
    again = Path(f"{asked.path}.again")
    if asked.how == "fail":
        raise Exists("it was there")
    if asked.how == "break":
        raise ValueError("a secret")
    if asked.how == "kill" and (left := int(again.read_text())) > 0:
        again.write_text(str(left - 1))
        os.kill(os.getpid(), signal.SIGKILL)
    while asked.how == "hold":
        run.check()
        time.sleep(0.01)


def begin(engine: Engine, asked: Count, *, account: str = "alice", subject: str = "a test") -> Started:
    """Start a job as a command does."""

    def change(tx: Tx) -> Started:
        return start(tx, asked, account=account, subject=subject)

    started: Started = engine.writer.submit(Work(change, engine.dispatcher.context(ROOT, "127.0.0.1"))).result()
    return started


def lines(path: Path) -> list[int]:
    """The steps that were begun."""
    return [int(line) for line in path.read_text().split()] if path.exists() else []
