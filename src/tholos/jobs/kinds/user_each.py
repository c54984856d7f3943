"""Doing something with very many accounts: a few in each change, so that nobody waits for all."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from tholos.jobs.declared import job
from tholos.jobs.run import Run
from tholos.kernel.errors import Refusal
from tholos.kernel.groups import groups
from tholos.resources.user import each
from tholos.resources.user.each import EACH, Each, ForEach, do_some, note_failed


@job(ForEach)
def carry_out(run: Run, asked: ForEach) -> str | None:
    """Do it with all of them, whatever is wrong with some; those that are done when the job is called off stay so."""
    what = EACH[asked.what]
    names = run.step("find", lambda: run.read(lambda state: list(what.chosen(state, asked.about))))
    run.log(f"{len(names)} accounts")
    done = failed = 0
    for group in groups(names, each.TOGETHER):
        failed += run.step(f"accounts from {done}", partial(_do, run, what, asked.about, group))
        done += len(group)
        run.progress(done / len(names))
    run.step("end", lambda: run.change(lambda tx: what.end(tx, asked.about)))
    return f"{failed} of {len(names)} accounts are left out, their histories say why" if failed else None


def _do(run: Run, what: Each, about: str, names: Sequence[str]) -> int:
    """Do it with some accounts, one by one where that fails; give how many it could not be done with."""
    try:
        run.change(lambda tx: do_some(tx, what, about, names))
    except Refusal as refusal:
        if len(names) > 1:
            return sum(_do(run, what, about, [name]) for name in names)
        why = refusal.text
        run.log(f"{names[0]}: {why}")
        run.change(lambda tx: note_failed(tx, what, names[0], why))
        return 1
    return 0
