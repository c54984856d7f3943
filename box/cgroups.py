"""A directory of its own for each box in the host's control groups.

Without one, the systemd inside shares the group of whatever started it, and stopping a service inside fails. Both
layouts are served: one unified hierarchy, and the older one with a named `systemd` hierarchy beside `unified` and one
for each controller. Of those, a box gets the ones by which it limits its accounts.
"""

from __future__ import annotations

import contextlib
import os
import signal
import time
from pathlib import Path

ROOT = Path("/sys/fs/cgroup")
CONTROLLERS = ("memory", "cpu", "cpuacct")
"""Hierarchies of the older layout in which the box's own systemd sets limits; it uses the last two only together."""


def directories(name: str) -> list[Path]:
    """Give the directories that belong to a box on this host."""
    older = [ROOT / hierarchy for hierarchy in ("systemd", "unified", *CONTROLLERS)]
    hierarchies = [ROOT] if (ROOT / "cgroup.controllers").exists() else older
    return [hierarchy / f"tholos-{name}" for hierarchy in hierarchies if hierarchy.is_dir()]


def create(name: str) -> None:
    """Make the directories of a box."""
    for directory in directories(name):
        directory.mkdir(exist_ok=True)


def enter(name: str) -> None:
    """Put the calling process into a box's directories; what it starts stays there."""
    for directory in directories(name):
        (directory / "cgroup.procs").write_text(str(os.getpid()))


def destroy(name: str) -> None:
    """End every process that is still in a box's directories, then remove them from the leaves up."""
    for directory in directories(name):
        for _ in range(50):
            if not directory.exists() or not _kill(directory):
                break
            time.sleep(0.05)
        for inner, _, _ in os.walk(directory, topdown=False):
            with contextlib.suppress(OSError):
                Path(inner).rmdir()


def _kill(directory: Path) -> bool:
    """Kill what is in a directory and below; tell whether anything was there."""
    found = False
    for inner, _, _ in os.walk(directory):
        with contextlib.suppress(OSError):
            for pid in (Path(inner) / "cgroup.procs").read_text().split():
                found = True
                with contextlib.suppress(ProcessLookupError):
                    os.kill(int(pid), signal.SIGKILL)
    return found
