"""What can be read of a process in /proc, so that a number that was used again is never mistaken for ours."""

from __future__ import annotations

import contextlib
import os
import signal
import time
from pathlib import Path


def identity(pid: int) -> str | None:
    """Give a text that names one process for good (its number and start time), or None if it has ended."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    return None if fields[0] in "ZX" else f"{pid}:{fields[19]}"


def alive(name: str) -> int | None:
    """Give the number of the process with this identity, or None if it has ended."""
    pid = int(name.partition(":")[0] or 0)
    return pid if pid and identity(pid) == name else None


def first_inside(supervisor: int) -> int | None:
    """Give the host's number of PID 1 of the container that this process supervises, once it is there."""
    with contextlib.suppress(OSError):
        for child in Path(f"/proc/{supervisor}/task/{supervisor}/children").read_text().split():
            for line in Path(f"/proc/{child}/status").read_text().splitlines():
                if line.startswith("NSpid:") and line.split()[-1] == "1" and len(line.split()) > 2:
                    return int(child)
    return None


def wait_end(name: str, seconds: float) -> bool:
    """Wait until the process with this identity has ended; tell whether it has."""
    deadline = time.monotonic() + seconds
    while alive(name):
        if time.monotonic() > deadline:
            return False
        with contextlib.suppress(ChildProcessError, ProcessLookupError):
            os.waitpid(int(name.partition(":")[0]), os.WNOHANG)
        time.sleep(0.05)
    return True


def end(name: str, number: int = signal.SIGTERM) -> None:
    """Send a signal to the process with this identity, if it still runs."""
    pid = alive(name)
    if pid:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, number)
