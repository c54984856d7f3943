"""The job that restarts services later, which nothing needs here."""

from __future__ import annotations

from tholos.kernel.command import command
from tholos.kernel.tx import State
from tholos.resources.system.model import require_system


@command("cron.restarts.add", legacy="v-add-cron-restart-job", cached=False)
def add(state: State) -> None:
    """Have deferred restarts carried out; none is ever deferred, so nothing is to be scheduled."""
    require_system(state, "CRON_SYSTEM")


@command("cron.restarts.delete", legacy="v-delete-cron-restart-job", cached=False)
def remove(state: State) -> None:
    """Have deferred restarts carried out no longer; none is ever deferred, so nothing was scheduled."""
    require_system(state, "CRON_SYSTEM")
