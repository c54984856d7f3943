"""The engine is killed around every commit of a job, its own database's and DBOS's alike; the job is done once."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from unittest import mock

import pytest
from sqlalchemy import select
from sqlalchemy.engine.default import DefaultDialect
from tests.conftest import new_engine
from tests.crashing import NEVER, Points
from tests.unit.test_crash_points import in_child, memory
from tests.working import Count, begin, lines

from tholos.kernel.job import jobs

__all__ = ["memory"]
pytestmark = pytest.mark.thorough
STRIDE = 1 if os.environ.get("THOLOS_EVERY_POINT") else 3
"""Every third point is tried, before a commit and after one in turn."""


def carry_out(node: Path, steps: Path, at: int, tell: Callable[[int], None]) -> int:
    """Start an engine and carry a job out, killed at a point; give how many points there are."""
    points = Points(at)
    engine = new_engine(node)
    engine.start()
    with points.around(DefaultDialect, "do_commit", after=True):
        started = begin(engine, Count(str(steps)))
        tell(1)
        assert engine.runner.finished(started.id) == "6"
        tell(2)
    engine.stop()
    return points.passed


def killed(node: Path, steps: Path, at: int) -> int:
    """Carry a job out in a process that is killed at a point; give how far it was acknowledged."""

    def die(tell: Callable[[int], None]) -> None:
        carry_out(node, steps, at, tell)

    return in_child(die)[1]


def go_on(node: Path) -> list[tuple[str, str, int]]:
    """Start the next engine and wait for what there is; give the jobs."""
    engine = new_engine(node)
    engine.start()
    with engine.store.reading() as connection:
        ids = connection.execute(select(jobs.c.id)).scalars().all()
    for id in ids:
        assert engine.runner.finished(id) == "6"
    with engine.store.reading() as connection:
        found = connection.execute(select(jobs.c.state, jobs.c.result, jobs.c.attempts)).all()
    engine.stop()
    return [(row.state, row.result, row.attempts) for row in found]


def test_killed_around_any_commit_a_job_is_done_once(seeded: Path, memory: Path) -> None:
    counted = memory / "counted"
    shutil.copytree(seeded, counted, symlinks=True)
    survived, count = in_child(lambda tell: tell(carry_out(counted, memory / "none", NEVER, lambda _: None)))
    assert survived
    assert count > 20
    for at in range(1, count + 1, STRIDE):
        node, steps = memory / f"node{at}", memory / f"steps{at}"
        shutil.copytree(seeded, node, symlinks=True)
        told = killed(node, steps, at)
        survived_next, _ = in_child(lambda _tell, node=node, told=told: check(node, told))  # type: ignore[misc]
        assert survived_next
        done = lines(steps)
        # At most one step was cut off, and began again; what was acknowledged was done, and in order.
        assert not done or (sorted({*done}) == [0, 1, 2, 3] and len(done) <= 5 and done == sorted(done)), (at, done)
        shutil.rmtree(node)


def check(node: Path, told: int) -> None:
    """What was acknowledged is there, and done."""
    found = go_on(node)
    assert len(found) == 1 if told else len(found) <= 1
    assert all(state == "done" and attempts <= 2 for state, _, attempts in found)


def test_the_patch_counts(tmp_path: Path) -> None:
    """Else the test above could pass because nobody is ever killed."""
    with mock.patch("tests.crashing.os.kill") as kill:
        points = Points(1)
        points("commit")
    assert (points.passed, kill.call_count) == (1, 1)
