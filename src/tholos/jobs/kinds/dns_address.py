"""Having very many zones follow the node to another address: a few in each change, so that nobody waits for all."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from tholos.jobs.declared import job
from tholos.jobs.run import Run
from tholos.kernel.errors import Refusal
from tholos.kernel.groups import groups
from tholos.kernel.tx import Tx
from tholos.resources.dns.readdress import TOGETHER, Follow, follow_some, zones_with


@job(Follow)
def carry_out(run: Run, asked: Follow) -> str | None:
    """Have all zones follow; those that have when the job is called off keep the new address."""
    zones = run.step("find", lambda: run.read(lambda state: zones_with(state, asked.old)))
    run.log(f"{len(zones)} zones have {asked.old}")
    done = 0
    for group in groups(zones, TOGETHER):
        run.step(f"zones from {done}", partial(_follow, run, asked, group))
        done += len(group)
        run.progress(done / len(zones))
    return None


def _follow(run: Run, asked: Follow, zones: Sequence[int]) -> None:
    """Have some zones follow; where the name server refuses several of them, one after the other."""

    def change(tx: Tx) -> None:
        follow_some(tx, zones, asked.old, asked.new)

    try:
        run.change(change)
    except Refusal as refusal:
        if len(zones) == 1:
            run.log(f"zone {zones[0]} keeps {asked.old}: {refusal.text}")
            return
        for zone in zones:
            _follow(run, asked, [zone])
