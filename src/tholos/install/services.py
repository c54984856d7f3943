"""Starting the services, and waiting until they answer."""

from __future__ import annotations

import socket
import time

from tholos.install import applied, code, units
from tholos.install.context import Context, port
from tholos.install.host import InstallError, attempt, run, say

SERVICES = ("tholos-engine.service", "tholos-edge.service")
WAIT_SECONDS = 60.0
ENOUGH_RESTARTS = 5


def services(_: Context) -> None:
    """Start what is not running, restart what runs older code, and wait until the edge accepts connections."""
    wanted = f"{code.fingerprint()} {units.fingerprint()}"
    current = applied.is_applied("services", wanted)
    for service in SERVICES:
        if not current or attempt(["systemctl", "is-active", "--quiet", service]).returncode != 0:
            say(f"    starting {service}")
            _restart(service)
    _wait_for_port()
    applied.mark("services", wanted)


def _restart(service: str) -> None:
    if attempt(["systemctl", "restart", service]).returncode != 0:
        raise InstallError(f"{service} did not start; its last words:\n{_last_words(service)}")


def _wait_for_port() -> None:
    deadline = time.monotonic() + WAIT_SECONDS
    while not _accepts():
        if time.monotonic() > deadline or _restarts() >= ENOUGH_RESTARTS:
            raise InstallError(f"nothing listens on port {port()}; the edge's last words:\n{_last_words(SERVICES[1])}")
        time.sleep(0.05)


def _accepts() -> bool:
    with socket.socket() as probe:
        probe.settimeout(2)
        return probe.connect_ex(("127.0.0.1", port())) == 0


def _restarts() -> int:
    """Give how often the edge ended and was started again by itself since it was started by us."""
    return int(run(["systemctl", "show", "--property=NRestarts", "--value", SERVICES[1]]))


def _last_words(service: str) -> str:
    return run(["journalctl", "--no-pager", "--lines=30", "--output=cat", f"--unit={service}"], check=False)
