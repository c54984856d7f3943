"""Doing something with very many accounts: a few in each change, so that nobody waits for all."""

from __future__ import annotations

from tholos.jobs.declared import job
from tholos.jobs.in_groups import in_groups
from tholos.jobs.run import Run
from tholos.resources.user import each
from tholos.resources.user.each import EACH, ForEach, do_some, note_failed


@job(ForEach)
def carry_out(run: Run, asked: ForEach) -> str | None:
    """Do it with all of them, whatever is wrong with some; those that are done when the job is called off stay so."""
    what = EACH[asked.what]

    def leave(name: str, why: str) -> None:
        run.log(f"{name}: {why}")
        run.change(lambda tx: note_failed(tx, what, name, why))

    names = run.step("find", lambda: run.read(lambda state: list(what.chosen(state, asked.about))))
    run.log(f"{len(names)} accounts")
    failed = in_groups(
        run, names, each.TOGETHER, "accounts", lambda tx, some: do_some(tx, what, asked.about, some), leave
    )
    run.step("end", lambda: run.change(lambda tx: what.end(tx, asked.about)))
    return f"{failed} of {len(names)} accounts are left out, their histories say why" if failed else None
