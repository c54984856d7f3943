"""Planning very many things of an account again: a few in each change, so that nobody waits for all of them."""

from __future__ import annotations

from collections.abc import Sequence

from tholos.jobs.declared import job
from tholos.jobs.in_groups import in_groups
from tholos.jobs.run import Run
from tholos.kernel.tx import Tx
from tholos.resources import spread
from tholos.resources.spread import FollowAll, Thing, note_left


@job(FollowAll)
def carry_out(run: Run, asked: FollowAll) -> str | None:
    """Have all of them follow, whatever is wrong with some."""

    def plan(tx: Tx, things: Sequence[Thing]) -> None:
        for thing in things:
            thing.plan(tx)

    def leave(thing: Thing, why: str) -> None:
        run.log(f"{thing.scope} {thing.key[1]}: {why}")
        run.change(lambda tx: note_left(tx, asked.account, thing, why))

    number = len(asked.things)
    run.log(f"{number} things of {asked.account}")
    left = in_groups(run, asked.things, spread.TOGETHER, "things", plan, leave)
    return f"{left} of {number} things stay as they were, the history of {asked.account} says why" if left else None
