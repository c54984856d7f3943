"""Starting the services, and waiting until they answer."""

from __future__ import annotations

import socket
import time

from tholos.install import applied, code, units
from tholos.install.context import PORT, Context
from tholos.install.host import InstallError, attempt, run, say

SERVICES = ("tholos-engine.service", "tholos-edge.service")
WAIT_SECONDS = 60.0


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
        words = run(["journalctl", "--no-pager", "--lines=30", "--output=cat", f"--unit={service}"], check=False)
        raise InstallError(f"{service} did not start; its last words:\n{words}")


def _wait_for_port() -> None:
    deadline = time.monotonic() + WAIT_SECONDS
    while True:
        try:
            socket.create_connection(("127.0.0.1", PORT), timeout=2).close()
            return
        except OSError as error:
            if time.monotonic() > deadline:
                words = run(
                    ["journalctl", "--no-pager", "--lines=30", "--output=cat", f"--unit={SERVICES[1]}"], check=False
                )
                raise InstallError(f"nothing listens on port {PORT}; the edge's last words:\n{words}") from error
            time.sleep(0.05)
