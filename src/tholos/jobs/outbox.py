"""What a runner writes into the rows of jobs."""

from __future__ import annotations

from sqlalchemy import func, select, update

from tholos.jobs.state import JobState
from tholos.kernel.job import DONE, RUNNING, UNFINISHED, Job, jobs
from tholos.kernel.tx import Tx

CANCELLED_CODE = 1
"""The exit code of whoever waited for a job that was cancelled."""


def begin(state: JobState, id: str) -> Job | None:
    """Note that a job is under way, and give its row; None when it has finished or is gone."""

    def change(tx: Tx) -> Job | None:
        here = (jobs.c.id == id) & jobs.c.state.in_(UNFINISHED)
        values = {
            "state": RUNNING,
            "attempts": jobs.c.attempts + 1,
            "started": func.coalesce(jobs.c.started, tx.context.now),
        }
        if tx.execute(update(jobs).where(here).values(values)) == 0:
            return None
        return tx.row(select(jobs).where(jobs.c.id == id))

    return state.change(change, visible=False)


def finish(state: JobState, id: str, became: str, values: dict[str, object]) -> None:
    """Note what became of a job, unless that is noted already."""

    def change(tx: Tx) -> None:
        here = (jobs.c.id == id) & jobs.c.state.in_(UNFINISHED)
        # What it was to do may be much, and concerns nobody when it is done.
        kept = {} if became != DONE else {"arguments": "{}"}
        tx.execute(update(jobs).where(here).values(state=became, finished=tx.context.now, **values, **kept))

    state.change(change, visible=False)
