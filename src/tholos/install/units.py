"""The units of systemd, taken from the `files` directory as they are."""

from __future__ import annotations

import hashlib
from pathlib import Path

from tholos.install.context import Context
from tholos.install.host import file, run

FILES = Path(__file__).parent / "files"
SYSTEM = Path("/etc/systemd/system")
ENABLED = ("nginx.service", "tholos-engine.service", "tholos-edge.service")


def unit_files() -> list[Path]:
    """Give the units that Tholos brings."""
    return sorted([*FILES.glob("*.service"), *FILES.glob("*.socket")])


def units(_: Context) -> None:
    """Write the units, and enable those that belong to every boot."""
    changed = [file(SYSTEM / unit.name, unit.read_text()) for unit in unit_files()]
    if any(changed):
        run(["systemctl", "daemon-reload"])
    run(["systemctl", "enable", "--quiet", *ENABLED])


def fingerprint() -> str:
    """Name what the services must be running: the content of their units."""
    return hashlib.sha256(b"".join(unit.read_bytes() for unit in unit_files())).hexdigest()[:16]
