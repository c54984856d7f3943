"""The port of the API and the panel."""

from __future__ import annotations

import msgspec

from tholos.kernel.command import command
from tholos.kernel.errors import InUse
from tholos.kernel.touched import Key
from tholos.kernel.tx import State, Tx
from tholos.kernel.types import Number
from tholos.kernel.want import scope
from tholos.resources.log.model import SYSTEM, note
from tholos.resources.system.model import setting
from tholos.resources.system.settings import set_setting

PORT = "BACKEND_PORT"


class PanelPort(Number):
    """A port that a program without rights of root may listen on (ip(7), ip_unprivileged_port_start)."""

    lowest = 1024
    highest = 65_535
    expected = "a port from 1024 to 65535"
    example = "9083"


class PanelPortWant(msgspec.Struct, frozen=True):
    """The port on which the edge listens."""

    port: int


@scope("panel port", keys=lambda _state: ())
def panel_port_want(state: State, key: Key) -> PanelPortWant | None:
    """The port, unless another was given since; what is changed by hand later is not taken back by a reconcile."""
    return PanelPortWant(int(key[0])) if setting(state, PORT) == key[0] else None


@command("system.port.change", legacy="v-change-sys-port PORT", rest="PUT /system/port")
def change(tx: Tx, port: PanelPort) -> None:
    """Have the API listen on another port; the answer still comes over the old one."""
    listen(tx, port)


def listen(tx: Tx, port: PanelPort) -> None:
    """Have the API listen on a port, unless it does; raise InUse when something else listens there."""
    if str(port) == setting(tx, PORT):
        return
    if port in tx.context.machine.read("ports in use"):
        raise InUse(f"port {port} is in use", argument="port")
    set_setting(tx, PORT, str(port))
    tx.want("panel port", str(port))
    note(tx, SYSTEM, "System", f"Port changed (Port: {port}).", "Warning")
