"""Having very many zones follow the node to another address: a few in each change, so that nobody waits for all."""

from __future__ import annotations

from tholos.jobs.declared import job
from tholos.jobs.in_groups import in_groups
from tholos.jobs.run import Run
from tholos.resources.dns.readdress import TOGETHER, Follow, follow_some, zones_with


@job(Follow)
def carry_out(run: Run, asked: Follow) -> str | None:
    """Have all zones follow; those that have when the job is called off keep the new address."""
    zones = run.step("find", lambda: run.read(lambda state: zones_with(state, asked.old)))
    run.log(f"{len(zones)} zones have {asked.old}")

    def leave(zone: int, why: str) -> None:
        run.log(f"zone {zone} keeps {asked.old}: {why}")

    in_groups(run, zones, TOGETHER, "zones", lambda tx, some: follow_some(tx, some, asked.old, asked.new), leave)
    return None
