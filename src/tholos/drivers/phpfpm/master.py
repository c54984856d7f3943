"""An account's php-fpm: its configuration, and the socket unit that starts it (systemd.socket(5)). See ADR 3."""

from __future__ import annotations

from collections.abc import Iterator

from tholos.apply.driver import Driver
from tholos.apply.host import Host
from tholos.apply.steps import Check, Discard, Link, Remove, Restart, Run, Step, Write
from tholos.drivers.encoders import ini
from tholos.drivers.phpfpm import pools
from tholos.drivers.templates import render
from tholos.kernel.want import Key
from tholos.resources.web.want import PhpWant

_SYSTEM = "/etc/systemd/system"
_WANTS = f"{_SYSTEM}/sockets.target.wants"
_UNIT = f"{_SYSTEM}/tholos-php@.socket"
_TAKE_UP_UNITS = ("systemctl", "daemon-reload")


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
        yield from _units(name, (), host)
        return
    added = pools.added(want.backends, host)
    yield Write(path, _configuration(name, added, host))
    yield Link(f"{_WANTS}/{unit}", _UNIT)
    yield Run(start, undo=stop, creates=socket)
    yield from _units(name, added, host)
    if added:
        # Only what an administrator wrote can be wrong.
        yield Check(("runuser", "-u", name, "--", "php-fpm8.2", "--test", "--fpm-config", path))
    if host.exists(path):
        yield Restart(service, "try-reload-or-restart")


def _configuration(account: str, added: tuple[str, ...], host: Host) -> bytes:
    parts = [pools.pool(account, template, host) for template in ("", *added)]
    return render("phpfpm", "master.conf.j2", ini) + b"".join(parts)


def _units(account: str, added: tuple[str, ...], host: Host) -> Iterator[Step]:
    """Further sockets of the account, which systemd passes to its master after the first (FPM_SOCKETS, php-fpm(8))."""
    unit = f"tholos-php@{account}.socket"
    wanted = _drop_ins(account, added) if added else {}
    places = {kind: f"{_SYSTEM}/tholos-php@{account}.{kind}.d" for kind in ("socket", "service")}
    if all(host.read(f"{place}/pools.conf") == wanted.get(kind) for kind, place in places.items()):
        return
    # Taken back last of these, when the files are as they were.
    yield Run(("true",), undo=_TAKE_UP_UNITS)
    for kind, place in places.items():
        yield Write(f"{place}/pools.conf", wanted[kind]) if added else Discard(place)
    yield Run(_TAKE_UP_UNITS)
    if added or host.exists(f"/etc/tholos/php/{account}.conf"):
        yield Restart(unit, "try-restart")


def _drop_ins(account: str, added: tuple[str, ...]) -> dict[str, bytes]:
    sockets = [pools.pool_socket(account, template) for template in ("", *added)]
    passed = ",".join(f"{socket}={number}" for number, socket in enumerate(sockets, start=3))
    return {
        "socket": render("phpfpm", "socket.conf.j2", ini, sockets=sockets[1:]),
        "service": render("phpfpm", "service.conf.j2", _passed, passed=passed),
    }


def _passed(value: str) -> str:
    """A list of sockets and numbers, each part a plain word."""
    for part in value.split(","):
        for word in part.split("="):
            ini(word)
    return value


DRIVER = Driver("phpfpm", "php", 30, plan)
