"""What the units of an account's PHP have beside the common ones: its slice, and the sockets of further pools.

They are drop-ins (systemd.unit(5)). The slice is the one in which the account's sessions run, so that its limits of
processor and memory hold for both together.
"""

from __future__ import annotations

from collections.abc import Iterator

from tholos.apply.host import Host
from tholos.apply.readings.slices import slice_name
from tholos.apply.steps import Discard, ReadUnits, Remove, Restart, Step, Write
from tholos.drivers.encoders import ini
from tholos.drivers.phpfpm import pools
from tholos.drivers.templates import render
from tholos.resources.web.want import PhpWant

SYSTEM = "/etc/systemd/system"
_KINDS = ("socket", "service")


def plan(want: PhpWant, added: tuple[str, ...], host: Host, *, known: bool) -> Iterator[Step]:
    """The drop-ins; ``known`` tells that systemd may have read the units already, and then it must read them again."""
    name = want.account
    service = f"{_place(name, 'service')}/slice.conf"
    wanted = {service: render("phpfpm", "slice.conf.j2", ini, slice=slice_name(want.uid)), **_of_pools(name, added)}
    differing = {path: content for path, content in wanted.items() if host.read(path) != content}
    for path, content in differing.items():
        yield Remove(path) if content is None else Write(path, content)
    if not (known and differing):
        return
    yield ReadUnits()
    if differing.keys() - {service}:
        yield Restart(f"tholos-php@{name}.socket", "try-restart")
    yield Restart(f"tholos-php@{name}.service", "try-restart")


def none(account: str) -> Iterator[Step]:
    """No drop-ins. Units that are at rest are forgotten by systemd, so it need not be told."""
    for kind in _KINDS:
        yield Discard(_place(account, kind))


def _place(account: str, kind: str) -> str:
    return f"{SYSTEM}/tholos-php@{account}.{kind}.d"


def _of_pools(account: str, added: tuple[str, ...]) -> dict[str, bytes | None]:
    """Further sockets, which systemd passes to the account's master after the first (FPM_SOCKETS, php-fpm(8))."""
    socket, service = (f"{_place(account, kind)}/pools.conf" for kind in _KINDS)
    if not added:
        return {socket: None, service: None}
    sockets = [pools.pool_socket(account, template) for template in ("", *added)]
    passed = ",".join(f"{path}={number}" for number, path in enumerate(sockets, start=3))
    return {
        socket: render("phpfpm", "socket.conf.j2", ini, sockets=sockets[1:]),
        service: render("phpfpm", "service.conf.j2", _passed, passed=passed),
    }


def _passed(value: str) -> str:
    """A list of sockets and numbers, each part a plain word."""
    for part in value.split(","):
        for word in part.split("="):
            ini(word)
    return value
