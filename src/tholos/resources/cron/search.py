"""Finding cron jobs by what they run."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import select

from tholos.kernel.tx import State
from tholos.resources.cron.model import cron_jobs
from tholos.resources.search.kinds import Thing, findable, has


def _jobs(state: State, term: str, account: str | None) -> Iterator[Thing]:
    """Jobs with the term in their command; their numbers stand as link and as parent, as clients expect."""
    matching = (
        select(cron_jobs)
        .where(has(cron_jobs.c.cron_command, term))
        .where(*([] if account is None else [cron_jobs.c.account == account]))
        .order_by(cron_jobs.c.account, cron_jobs.c.job)
    )
    for row in state.rows(matching):
        number = str(row.job)
        yield Thing(
            row.account, "cron", "JOB", row.cron_command, row.suspended, row.created, parent=number, link=number
        )


JOBS = findable(50, _jobs)
