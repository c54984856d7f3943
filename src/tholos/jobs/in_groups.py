"""Doing something with very many things: a few in each change, so that nobody waits for all of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TypeVar

from tholos.jobs.run import Run
from tholos.kernel.errors import Refusal
from tholos.kernel.groups import groups
from tholos.kernel.tx import Tx

Thing = TypeVar("Thing")
Do = Callable[[Tx, Sequence[Thing]], None]
Left = Callable[[Thing, str], None]


def in_groups(run: Run, things: Sequence[Thing], together: int, step: str, do: Do[Thing], leave: Left[Thing]) -> int:
    """Do something with ``together`` things at a time, one by one where that is refused; give how many are left out.

    ``step`` names the groups. ``leave`` is told of each thing that is left out, and why.
    """
    done = left = 0
    for group in groups(things, together):
        left += run.step(f"{step} from {done}", partial(_some, run, group, do, leave))
        done += len(group)
        run.progress(done / len(things))
    return left


def _some(run: Run, things: Sequence[Thing], do: Do[Thing], leave: Left[Thing]) -> int:
    try:
        run.change(lambda tx: do(tx, things))
    except Refusal as refusal:
        if len(things) > 1:
            return sum(_some(run, [thing], do, leave) for thing in things)
        leave(things[0], refusal.text)
        return 1
    return 0
