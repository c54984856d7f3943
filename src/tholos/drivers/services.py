"""Services: the actions that calls ask for. Nothing here lasts, so there is nothing to reconcile."""

from __future__ import annotations

from collections.abc import Iterator

from tholos.apply.driver import Driver
from tholos.apply.host import Host
from tholos.apply.steps import Restart, Run, Step
from tholos.apply.units import unit_of
from tholos.drivers.nginx.site import CHECK, RELOAD
from tholos.kernel.touched import Key
from tholos.resources.system.want import ServiceWant

_NGINX = "nginx.service"
_EDGE = "tholos-edge.service"
_RELOAD = "reload-or-restart"


def plan(key: Key, want: ServiceWant, host: Host) -> Iterator[Step]:
    """The steps of one action on one service."""
    if want.service == "system":
        # The restart is only announced here; it comes after everything that is under way.
        yield Run(("shutdown", "-r", f"+{want.minutes}"), undo=("shutdown", "-c"))
        return
    unit = unit_of(want.service)
    if unit is None:
        return
    if unit == _NGINX:
        yield from _nginx(want.action, host)
    elif unit == _EDGE:
        # The edge waits for the answer to this very call before it stops, so nobody may wait for the edge.
        yield Run(("systemctl", "--no-block", want.action if want.action != "reload" else _RELOAD, unit))
    elif "*" in unit:
        yield Restart(unit, _for_running(want.action))
    else:
        yield Restart(unit, _RELOAD if want.action == "reload" else want.action)


def _nginx(action: str, host: Host) -> Iterator[Step]:
    if action != "stop":
        yield CHECK
    if action == "reload" and (host.rehearse or host.exists(RELOAD.pid_file)):
        yield RELOAD
    else:
        yield Restart(_NGINX, "restart" if action == "reload" else action)


def _for_running(action: str) -> str:
    """What to ask for units that start by themselves at the first request: only those that run have to do anything."""
    return {"restart": "try-restart", "reload": "try-reload-or-restart", "start": "start", "stop": "stop"}[action]


DRIVER = Driver("services", "service", 90, plan)
