"""The units of systemd, taken from the `files` directory as they are."""

from __future__ import annotations

from pathlib import Path

from tholos.install import applied
from tholos.install.context import Context
from tholos.install.host import run

FILES = Path(__file__).parent / "files"
SYSTEM = Path("/etc/systemd/system")
ENABLED = ("nginx.service", "named.service", "tholos-engine.service", "tholos-edge.service")


def units(_: Context) -> None:
    """Write the units, and enable those that belong to every boot."""
    for unit in _files():
        applied.written(unit, SYSTEM / unit.name)
    applied.once("units", fingerprint(), _reload)
    run(["systemctl", "enable", "--quiet", *ENABLED])


def fingerprint() -> str:
    """Name what the services must be running: the content of their units."""
    return applied.fingerprint(*(unit.read_text() for unit in _files()))


def _files() -> list[Path]:
    return sorted([*FILES.glob("*.service"), *FILES.glob("*.socket")])


def _reload() -> None:
    run(["systemctl", "daemon-reload"])
