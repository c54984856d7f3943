"""An account's php-fpm: its configuration, and the socket unit that starts it (systemd.socket(5)). See ADR 3."""

from __future__ import annotations

from collections.abc import Iterator

from tholos.apply.driver import Driver
from tholos.apply.host import Host
from tholos.apply.steps import Check, Link, Remove, Restart, Run, Step, Write
from tholos.drivers.encoders import ini
from tholos.drivers.phpfpm import pools, units
from tholos.drivers.templates import render
from tholos.kernel.touched import Key
from tholos.resources.web.want import PhpWant

_WANTS = f"{units.SYSTEM}/sockets.target.wants"
_UNIT = f"{units.SYSTEM}/tholos-php@.socket"


def plan(key: Key, want: PhpWant | None, host: Host) -> Iterator[Step]:
    """The master's configuration and its socket, listening now and after a boot."""
    (name,) = key
    path, unit = f"/etc/tholos/php/{name}.conf", f"tholos-php@{name}.socket"
    service, socket = f"tholos-php@{name}.service", pools.pool_socket(name)
    start = ("systemctl", "start", unit)
    stop = ("systemctl", "stop", unit, service)
    if want is None:
        yield Run(stop, undo=start, removes=socket)
        yield Remove(f"{_WANTS}/{unit}")
        yield Remove(path)
        yield from units.none(name)
        return
    added = pools.added(want.backends, host)
    yield Write(path, _configuration(name, added, host))
    yield Link(f"{_WANTS}/{unit}", _UNIT)
    # Before the socket is started: systemd reads what belongs to a unit when it first hears of it.
    yield from units.plan(want, added, host, known=host.exists(path))
    yield Run(start, undo=stop, creates=socket, together=True)
    if added:
        # Only what an administrator wrote can be wrong.
        yield Check(("runuser", "-u", name, "--", "php-fpm8.2", "--test", "--fpm-config", path))
    if host.exists(path):
        yield Restart(service, "try-reload-or-restart")


def _configuration(account: str, added: tuple[str, ...], host: Host) -> bytes:
    parts = [pools.pool(account, template, host) for template in ("", *added)]
    return render("phpfpm", "master.conf.j2", ini) + b"".join(parts)


DRIVER = Driver("phpfpm", "php", 30, plan)
