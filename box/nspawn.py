"""Starting systemd-nspawn as a process that outlives the one which asked for it."""

from __future__ import annotations

import subprocess
import time
from pathlib import Path

from box import cgroups, network, processes
from box.places import CHECKOUT, IN_BOX_SOURCE, IN_BOX_WHEELS
from box.say import Problem

START_SECONDS = 30.0
# A box outlives the program that booted it, and Python warns about a running process whose handle is forgotten.
_supervisors: list[subprocess.Popen[bytes]] = []


def start(name: str, directory: Path, hostname: str, wheels: Path | None) -> str:
    """Boot the box's disk and give the identity of its PID 1; the console goes to `console.log`."""
    with (directory / "console.log").open("wb") as console:
        process = subprocess.Popen(
            _argv(name, directory, hostname, wheels),
            stdin=subprocess.DEVNULL,
            stdout=console,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            # The caller has no other threads, and only a process can put itself into a control group before it runs.
            preexec_fn=lambda: cgroups.enter(name),  # noqa: PLW1509
            env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "SYSTEMD_NSPAWN_LOCK": "0"},
        )
    _supervisors.append(process)
    (directory / "supervisor").write_text(processes.identity(process.pid) or "")
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        leader = processes.first_inside(process.pid)
        identity = processes.identity(leader) if leader else None
        if identity:
            return identity
        time.sleep(0.02)
    words = (directory / "console.log").read_text(errors="replace").strip().splitlines()
    raise Problem(f"systemd-nspawn did not start the box: {words[-1] if words else 'it said nothing'}")


def _argv(name: str, directory: Path, hostname: str, wheels: Path | None) -> list[str]:
    argv = [
        "systemd-nspawn",
        "--quiet",
        "--boot",
        "--register=no",
        "--keep-unit",
        f"--machine={name}",
        f"--hostname={hostname}",
        f"--directory={directory / 'root'}",
        f"--network-namespace-path={network.NAMESPACES / network.namespace(name)}",
        "--capability=CAP_NET_ADMIN",
        "--resolv-conf=off",
        "--timezone=off",
        "--link-journal=no",
        "--console=read-only",
        f"--bind-ro={CHECKOUT}:{IN_BOX_SOURCE}",
    ]
    return [*argv, f"--bind-ro={wheels}:{IN_BOX_WHEELS}"] if wheels else argv
