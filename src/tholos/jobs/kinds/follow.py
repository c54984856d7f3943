"""Planning very many things of an account again: a few in each change, so that nobody waits for all."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from tholos.jobs.declared import job
from tholos.jobs.run import Run
from tholos.kernel.errors import Refusal
from tholos.kernel.groups import groups
from tholos.kernel.tx import Tx
from tholos.resources import spread
from tholos.resources.spread import FollowAll, Thing, note_left


@job(FollowAll)
def carry_out(run: Run, asked: FollowAll) -> str | None:
    """Have all of them follow, whatever is wrong with some."""
    run.log(f"{len(asked.things)} things of {asked.account}")
    done = left = 0
    for group in groups(asked.things, spread.TOGETHER):
        left += run.step(f"things from {done}", partial(_follow, run, asked.account, group))
        done += len(group)
        run.progress(done / len(asked.things))
    return f"{left} of {done} things stay as they were, the history of {asked.account} says why" if left else None


def _follow(run: Run, account: str, things: Sequence[Thing]) -> int:
    """Have some follow, one by one where that fails; give how many do not."""

    def change(tx: Tx) -> None:
        for thing in things:
            thing.plan(tx)

    try:
        run.change(change)
    except Refusal as refusal:
        if len(things) > 1:
            return sum(_follow(run, account, [thing]) for thing in things)
        why = refusal.text
        run.log(f"{things[0].scope} {things[0].key[1]}: {why}")
        run.change(lambda tx: note_left(tx, account, things[0], why))
        return 1
    return 0
