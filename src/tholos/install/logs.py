"""Rotation of the logs that nginx writes for sites and that the engine writes for logins (logrotate(8))."""

from __future__ import annotations

from pathlib import Path

from tholos.install.applied import written
from tholos.install.context import Context

RULES = Path(__file__).parent / "files/logrotate.conf"


def rotation(_: Context) -> None:
    """Tell the distribution's daily logrotate about our logs."""
    written(RULES, Path("/etc/logrotate.d/tholos"))
