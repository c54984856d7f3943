"""Demo mode: everything can be looked at, and nothing changed."""

from __future__ import annotations

from tholos.kernel.command import command
from tholos.kernel.errors import Refusal
from tholos.kernel.tx import State, Tx
from tholos.kernel.types import Flag
from tholos.resources.log.model import SYSTEM, note
from tholos.resources.system.model import setting
from tholos.resources.system.settings import set_setting

DEMO = "DEMO_MODE"


def require_no_demo(state: State) -> None:
    """Raise a Refusal (exit code 1) while the node only shows what it can do."""
    if setting(state, DEMO) == "yes":
        raise Refusal("nothing can be changed in demo mode")


@command(
    "system.demo.change",
    legacy="v-change-sys-demo-mode ACTIVE",
    rest="PUT /system/demo-mode",
    in_demo=True,
    examples={"active": "no"},
)
def change(tx: Tx, active: Flag) -> None:
    """Refuse every change, or allow changes again; what is reported of logins is kept all the same."""
    set_setting(tx, DEMO, "yes" if active else "no")
    note(tx, SYSTEM, "System", f"Demo mode switched {'on' if active else 'off'}.", "Warning")
