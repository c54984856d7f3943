"""A directory that plays the name server: a file for each zone's configuration, a line of the log for each load."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from tholos.apply.named.zones import is_same


class RehearsedNamed:
    """Zones as files below a directory; ``record`` is told what the server would be told."""

    def __init__(self, directory: Path, record: Callable[[tuple[str, ...]], None]) -> None:
        directory.mkdir(parents=True, exist_ok=True)
        self._directory = directory
        self._record = record

    def configuration(self, zone: str) -> str:
        """The configuration of a zone, empty when there is none of this name."""
        file = self._directory / zone
        return file.read_text() if file.exists() else ""

    def put(self, zone: str, configuration: str) -> None:
        """Note that the zone has this configuration, or that there is no such zone."""
        new = self._directory / f".{zone}.new"
        new.unlink(missing_ok=True)
        if is_same(self.configuration(zone), configuration):
            return
        self._record(("zone", zone, configuration or "none"))
        if not configuration:
            os.unlink(self._directory / zone)  # noqa: PTH108 - the tests' points of a crash are at these calls
            return
        new.write_text(configuration)
        os.rename(new, self._directory / zone)  # noqa: PTH104

    def is_current(self, _zone: str, _path: str) -> bool:
        """Nothing is served here, so nothing is out of date."""
        return True

    def load(self, zone: str, _path: str) -> None:
        """Note that the zone's file would be read."""
        if self.configuration(zone):
            self._record(("load", zone))

    def close(self) -> None:
        """There is nothing to close."""
