"""The database servers of a rehearsal: statements go to its log without their values, and what is made is a mark."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path

from tholos.apply.sql.place import SOON, Rows
from tholos.apply.sql.servers import Servers
from tholos.apply.steps import Statement


class Recorded(Servers):
    """Servers that are none: a statement is a line of ``commands.log``, a thing is a file below ``sql``."""

    def __init__(self, root: Path, read: Callable[[str], bytes | None]) -> None:
        super().__init__(read)
        self._root = root

    def drop(self, server: str, thing: str, statements: Iterable[Statement]) -> None:
        """Record statements that drop a thing."""
        self.run(server, statements, removes=thing)

    def run(
        self,
        server: str,
        statements: Iterable[Statement],
        *,
        creates: str = "",
        removes: str = "",
        seconds: float = SOON,
    ) -> Rows:
        """Record statements; there are never any rows."""
        with (self._root / "commands.log").open("a") as log:
            log.writelines(f"sql {server} {statement.text}\n" for statement in statements)
        if creates:
            mark = self._mark(server, creates)
            mark.parent.mkdir(parents=True, exist_ok=True)
            mark.touch()
        if removes:
            self._unmark(self._mark(server, removes))
        return []

    def made(self, server: str, thing: str) -> bool | None:
        """Whether a thing has been made."""
        return self._mark(server, thing).exists()

    def _unmark(self, mark: Path) -> None:
        mark.unlink(missing_ok=True)
        for above in (mark.parent, mark.parent.parent):
            with suppress(OSError):
                above.rmdir()

    def _mark(self, server: str, thing: str) -> Path:
        return self._root / "sql" / server.replace("/", "-", 1) / thing
