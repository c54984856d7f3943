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

    def life_in(self, catalog: str, zone: str) -> int | None:
        """By which of its two names a zone is in a catalog: it is the size of a file; None when it is not in it."""
        file = self._directory / f"{catalog},{zone}"
        return file.stat().st_size if file.exists() else None

    def enter(self, catalog: str, zone: str, life: int | None) -> None:
        """Note that a zone is named in a catalog, or no longer."""
        if life == self.life_in(catalog, zone):
            return
        self._record(("member", catalog, zone, "no" if life is None else "yes"))
        if life is None:
            os.unlink(self._directory / f"{catalog},{zone}")  # noqa: PTH108
        else:
            (self._directory / f"{catalog},{zone}").write_bytes(b"-" * life)

    def reconfigure(self) -> None:
        """Note that the configuration would be read."""
        self._record(("reconfigure", "bind9"))

    def close(self) -> None:
        """There is nothing to close."""
