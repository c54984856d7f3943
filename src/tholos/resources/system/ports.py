"""The ports of sshd."""

from __future__ import annotations

from collections.abc import Sequence

from tholos.kernel.command import command
from tholos.kernel.tx import State
from tholos.resources.system.views import names


@command(
    "system.sshd_ports.list",
    legacy="v-list-sys-sshd-port [FORMAT]",
    rest="GET /system/sshd-ports",
    view=names("PORT"),
    resource=int,
    cached=False,
)
def show(state: State) -> Sequence[str]:
    """List the ports that sshd listens on."""
    return list(state.context.machine.read("sshd ports"))
