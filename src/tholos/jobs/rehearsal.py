"""A server that is none: what a rehearsal would send it is written down, and everything succeeds."""

from __future__ import annotations

import json
from pathlib import Path

from tholos.jobs.slave import MOST, Address


class RecordedSlave:
    """Writes calls into a file, each as a line of JSON: the host, the command, its arguments."""

    def __init__(self, address: Address, file: Path) -> None:
        self._host = address.host
        self._file = file

    def call(self, command: str, *arguments: str) -> int:
        """Write the call down."""
        with self._file.open("a", encoding="utf-8") as file:
            file.write(json.dumps([self._host, command, *arguments], ensure_ascii=False) + "\n")
        return 0

    def put(self, path: str, content: str) -> int:
        """Write the call down."""
        return self.call("v-make-tmp-file", content, path)

    def ask(self, command: str, *arguments: str, most: int = MOST) -> str | None:
        """A recording says nothing."""
        return None

    def pause(self) -> None:
        """Nothing is open."""

    def close(self) -> None:
        """Nothing is open."""
