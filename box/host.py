"""What the host must have to make boxes, and getting it where that is possible."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from box.places import CACHE, CHECKOUT
from box.say import Problem, run_long, step

TOOLS = {
    "mmdebstrap": "mmdebstrap",
    "systemd-nspawn": "systemd-container",
    "ip": "iproute2",
    "nsenter": "util-linux",
    "openssl": "openssl",
    "curl": "curl",
}
REHEARSE = "Engine and edge can still run on a recording host: ./tholos up --rehearse"


def require() -> None:
    """Make the host ready for boxes, or say in one sentence what is missing and offer the rehearsal."""
    sentence = missing()
    if sentence:
        raise Problem(f"{sentence}\n{REHEARSE}")
    packages = [package for tool, package in TOOLS.items() if not shutil.which(tool)]
    if packages:
        install(*packages)


def missing() -> str | None:
    """Give the first reason why no box can be made here, or None."""
    if sys.platform != "linux":
        return f"A box needs a Linux host, and this is {sys.platform}."
    if os.geteuid() != 0:
        return "A box needs root, and you are an ordinary user."
    if "\toverlay\n" not in Path("/proc/filesystems").read_text():
        return "A box needs a kernel with overlay file systems, and this one has none."
    if subprocess.run(
        ["unshare", "--net", "--mount", "--pid", "--fork", "true"], capture_output=True, check=False
    ).returncode:
        return "A box needs namespaces of its own, and this machine does not let you make any."
    if not os.access("/sys/fs/cgroup", os.W_OK):
        return "A box needs control groups, and /sys/fs/cgroup cannot be written here."
    absent = [tool for tool in TOOLS if not shutil.which(tool)]
    if absent and not shutil.which("apt-get"):
        return f"A box needs {' and '.join(absent)}, and there is no apt-get to install them with."
    return None


def install(*packages: str) -> None:
    """Install packages of the host's Debian, after fetching its lists once."""
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        raise Problem(f"Debian's {' and '.join(packages)} must be installed first, which needs root.")
    log = (CACHE if os.access(CACHE.parent, os.W_OK) else CHECKOUT / ".cache") / "logs" / "apt.log"
    with step(f"installing {', '.join(packages)} on this machine"):
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        run_long(["apt-get", "update", "--quiet"], log, env=environment)
        options = ["--yes", "--quiet", "--no-install-recommends"]
        run_long(["apt-get", "install", *options, *packages], log, env=environment)
