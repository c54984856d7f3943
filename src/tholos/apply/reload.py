"""Reloading a service made of a master and workers: SIGHUP, then wait until the new workers alone take connections.

The order that nginx follows is in nginx(8) and its "Controlling nginx" page: the master reads the configuration,
starts new workers, then asks the old ones to finish. A worker that finishes says so in its title.
"""

from __future__ import annotations

import os
import signal
import time
from contextlib import suppress
from pathlib import Path

from tholos.apply.steps import Reload
from tholos.kernel.errors import ServiceFailed

PATIENCE = 60.0
"""Seconds that a master may take to read its configuration and start new workers."""


def reload(step: Reload) -> None:
    """Have a running service take up its configuration; raise ServiceFailed when it does not."""
    master = _master(step.pid_file)
    if master is None:
        return
    before = _workers(master)
    try:
        os.kill(master, signal.SIGHUP)
    except ProcessLookupError:
        return
    deadline = time.monotonic() + PATIENCE
    pause = 0.002
    while not _replaced(master, before):
        if time.monotonic() > deadline:
            raise ServiceFailed(f"{step.service} did not take up its configuration within {PATIENCE:.0f} seconds")
        time.sleep(pause)
        pause = min(pause * 1.3, 0.05)


def _master(pid_file: str) -> int | None:
    with suppress(OSError, ValueError):
        pid = int(Path(pid_file).read_text())
        if Path(f"/proc/{pid}").exists():
            return pid
    return None


def _workers(master: int) -> set[int]:
    with suppress(OSError):
        return {int(pid) for pid in Path(f"/proc/{master}/task/{master}/children").read_text().split()}
    return set()


def _replaced(master: int, before: set[int]) -> bool:
    now = _workers(master)
    if not now and not Path(f"/proc/{master}").exists():
        raise ServiceFailed("the service ended while it took up its configuration")
    fresh = now - before
    return bool(fresh) and not any(_takes_connections(pid) for pid in now & before)


def _takes_connections(pid: int) -> bool:
    with suppress(OSError):
        return b"shutting down" not in Path(f"/proc/{pid}/cmdline").read_bytes()
    return False
