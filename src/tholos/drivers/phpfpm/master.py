"""An account's php-fpm: its configuration, and the socket unit that starts it (systemd.socket(5)). See ADR 3."""

from __future__ import annotations

from collections.abc import Iterator

from tholos.apply.driver import Driver
from tholos.apply.host import Host
from tholos.apply.steps import Link, Remove, Restart, Run, Step, Write
from tholos.drivers.encoders import ini
from tholos.drivers.templates import render
from tholos.kernel.want import Key
from tholos.resources.web.want import PhpWant

SOCKETS = "/run/tholos-php"
_WANTS = "/etc/systemd/system/sockets.target.wants"
_UNIT = "/etc/systemd/system/tholos-php@.socket"


def plan(key: Key, want: PhpWant | None, host: Host) -> Iterator[Step]:
    """The master's configuration and its socket, listening now and after a boot."""
    (name,) = key
    path, unit = f"/etc/tholos/php/{name}.conf", f"tholos-php@{name}.socket"
    service, socket = f"tholos-php@{name}.service", f"{SOCKETS}/{name}.sock"
    start = ("systemctl", "start", unit)
    stop = ("systemctl", "stop", unit, service)
    if want is None:
        yield Run(stop, undo=start, removes=socket)
        yield Remove(f"{_WANTS}/{unit}")
        yield Remove(path)
        return
    yield Write(path, render("phpfpm", "master.conf.j2", ini, account=name, home=f"/home/{name}", sockets=SOCKETS))
    yield Link(f"{_WANTS}/{unit}", _UNIT)
    yield Run(start, undo=stop, creates=socket)
    if host.exists(path):
        yield Restart(service, "try-reload-or-restart")


DRIVER = Driver("phpfpm", "php", 30, plan)
