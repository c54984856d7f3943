"""Mailing what cron jobs print to their account."""

from __future__ import annotations

from tholos.kernel.command import command
from tholos.kernel.tx import Tx
from tholos.resources.cron.jobs import CATEGORY
from tholos.resources.log.model import note
from tholos.resources.system.model import require_system
from tholos.resources.types import AccountName
from tholos.resources.user.change import set_columns
from tholos.resources.user.record import require_active


@command("cron.reports.add", legacy="v-add-cron-reports USER", rest="PUT /users/{user}/cron-reports", role="user")
def add(tx: Tx, user: AccountName) -> None:
    """Mail what the cron jobs of an account print to its contact address."""
    _switch(tx, user, on=True)


@command(
    "cron.reports.delete", legacy="v-delete-cron-reports USER", rest="DELETE /users/{user}/cron-reports", role="user"
)
def remove(tx: Tx, user: AccountName) -> None:
    """Throw away what the cron jobs of an account print."""
    _switch(tx, user, on=False)


def _switch(tx: Tx, user: AccountName, *, on: bool) -> None:
    require_system(tx, "CRON_SYSTEM")
    require_active(tx, user)
    set_columns(tx, user, cron_reports=on)
    note(tx, user, CATEGORY, f"Mail from cron jobs switched {'on' if on else 'off'}.", "Info" if on else "Warning")
