"""What a job costs: from the commit that asks for it to its result, the first time and later, and in memory.

An engine in a directory of its own carries out jobs of four steps that do nothing but count (``tests/working.py``);
``./tholos bench jobs``.
"""

from __future__ import annotations

import os
import shutil
import signal
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import select
from tests.conftest import new_engine
from tests.working import Count, begin, lines

from tholos.bootstrap import Engine
from tholos.kernel.job import jobs

TIMES = 30


def resident() -> int:
    """Megabytes that this process has in memory."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") // 2**20


def timed(engine: Engine, asked: Count) -> float:
    """Milliseconds from asking for a job to its result."""
    start = time.perf_counter()
    engine.runner.finished(begin(engine, asked).id)
    return (time.perf_counter() - start) * 1000


def killed(node: Path, steps: Path) -> None:
    """Let a child's engine die in the middle of a job."""
    child = os.fork()
    if child == 0:
        engine = new_engine(node)
        engine.start()
        begin(engine, Count(str(steps), 2, "hold"))
        while lines(steps) != [0, 1, 2]:
            time.sleep(0.001)
        os.kill(os.getpid(), signal.SIGKILL)
    os.waitpid(child, 0)


def resumed(node: Path, steps: Path) -> float:
    """Milliseconds from the start of the next engine until the step that was cut off is under way again."""
    start = time.perf_counter()
    engine = new_engine(node)
    engine.start()
    while lines(steps) != [0, 1, 2, 2]:
        time.sleep(0.001)
    took = (time.perf_counter() - start) * 1000
    with engine.store.reading() as connection:
        assert connection.execute(select(jobs.c.attempts)).scalar() == 2
    engine.stop()
    return took


def measure(say: Callable[[str], None]) -> None:
    """Measure and say it."""
    with tempfile.TemporaryDirectory(prefix="tholos-bench-") as name:
        place = Path(name)
        # Before anything else: a child of a process that has jobs would inherit half of DBOS.
        killed(place / "mortal", place / "mortal-steps")
        engine = new_engine(place / "node")
        engine.start()
        before = resident()
        first = timed(engine, Count(str(place / "steps")))
        later = [timed(engine, Count(str(place / "steps"))) for _ in range(TIMES)]
        after = resident()
        burning = time.process_time()
        time.sleep(5)
        idle = (time.process_time() - burning) / 5
        engine.stop()
        again = resumed(place / "mortal", place / "mortal-steps")
        shutil.rmtree(place / "node")
    say(f"first job, DBOS loaded for it      {first:8.0f} ms")
    say(f"later jobs of four steps, median   {statistics.median(later):8.1f} ms (of {TIMES}, most {max(later):.1f})")
    say(f"memory without a job, with jobs    {before:5d} MB, {after} MB")
    say(f"processor while nothing is done    {idle:8.1%} of a core")
    say(f"killed in a step, at it again      {again:8.0f} ms after the next engine's start began")


if __name__ == "__main__":
    measure(print)
