"""The database servers of a node: one kept connection or a few for each, and what is still to be dropped there."""

from __future__ import annotations

import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress

from tholos.apply.sql.down import Down
from tholos.apply.sql.mysql import MysqlConnection
from tholos.apply.sql.pgsql import PgsqlConnection
from tholos.apply.sql.place import LONG, PATIENCE, SOON, Connection, Missing, Place, Rows, decoded, path_of
from tholos.apply.steps import Statement
from tholos.kernel.errors import DatabaseFailed, NoConnection

IDLE = 2
"""Connections of one kind that are kept."""
FRESH = 0.1
"""Seconds after which a kept connection is asked for a sign of life before it is used."""
SLOW = 0.5
"""Seconds from which on a server that could not be reached counts as down: nobody must wait for it twice."""
_IS_THERE = "SELECT 1 FROM pg_database WHERE datname = %s"
"""Only PostgreSQL's statements stand in a database."""
_READ_ONLY = {
    "mysql": "SELECT @@global.read_only, @@global.innodb_read_only",
    "pgsql": "SELECT current_setting('transaction_read_only')",
}
"""What says whether a server takes changes: one that is a copy of another, or is being moved, does not."""
_NO = {"0", "off"}
Kind = tuple[Place, str]


def connect(place: Place, database: str = "") -> Connection:
    """Open a connection; raise NoConnection."""
    return PgsqlConnection(place, database) if place.engine == "pgsql" else MysqlConnection(place, database)


class Servers:
    """Connections by server and database; ``read`` gives the content of a file, None where there is none."""

    def __init__(self, read: Callable[[str], bytes | None]) -> None:
        self._read = read
        self._idle: defaultdict[Kind, list[tuple[float, Connection]]] = defaultdict(list)
        self._down = Down(lambda place: connect(place).close(), self._is_known)
        self._lock = threading.Lock()

    def run(
        self,
        server: str,
        statements: Iterable[Statement],
        *,
        creates: str = "",
        removes: str = "",
        seconds: float = SOON,
    ) -> Rows:
        """Run statements one after another; give the rows of the last. Raise NoConnection or DatabaseFailed.

        ``creates`` and ``removes`` name what they make or take away; only a rehearsal needs to be told. ``seconds`` is
        how long each statement may take.
        """
        rows: Rows = []
        place = self._place(server)
        for statement in statements:
            with self._connection((place, statement.database)) as connection:
                rows = self._rows(place, connection, statement, seconds)
        return rows

    def _rows(self, place: Place, connection: Connection, statement: Statement, seconds: float) -> Rows:
        start = time.monotonic()
        try:
            return connection.rows(statement.text, statement.values, seconds)
        except NoConnection as error:
            if time.monotonic() - start > SLOW:
                self._down.mark(place, error.text)
            raise

    def drop(self, server: str, thing: str, statements: Iterable[Statement]) -> None:
        """Run statements that drop a thing for good; what one of them is about may be gone already."""
        for statement in statements:
            if statement.database and not self.run(server, [Statement(_IS_THERE, (statement.database,))]):
                continue
            with suppress(Missing):
                self.run(server, [statement], seconds=LONG)

    def is_out_of_service(self, server: str) -> bool:
        """Tell whether an administrator has marked a server so."""
        content = self._read(path_of(server))
        return content is not None and decoded(content).out_of_service

    def answers(self, server: str) -> bool:
        """Tell whether a server is there."""
        try:
            self.run(server, [Statement("SELECT 1")], seconds=PATIENCE)
        except (NoConnection, DatabaseFailed):
            return False
        return True

    def made(self, server: str, thing: str) -> bool | None:
        """In a rehearsal, whether a thing has been made; None where the server itself is to be asked."""
        return None

    def forget(self, server: str) -> None:
        """Keep no connection to a server: the login that they have may be another one when it is known again."""
        with self._lock:
            gone = [kind for kind in self._idle if kind[0].name == server]
            kept = [each for kind in gone for each in self._idle.pop(kind)]
        for _, connection in kept:
            with suppress(OSError):
                connection.close()

    def close(self) -> None:
        """End all kept connections."""
        self._down.close()
        with self._lock:
            kept, self._idle = self._idle, defaultdict(list)
        for connections in kept.values():
            for _, connection in connections:
                connection.close()

    def _is_known(self, place: Place) -> bool:
        content = self._read(path_of(place.name))
        return content is not None and decoded(content) == place

    def _place(self, server: str) -> Place:
        content = self._read(path_of(server))
        if content is None:
            raise NoConnection(f"{server} can't be reached :: it is not known here")
        return decoded(content)

    @contextmanager
    def _connection(self, kind: Kind) -> Iterator[Connection]:
        self._down.require_up(kind[0])
        connection = self._take(kind) or self._connect(kind)
        try:
            if kind[0].out_of_service:
                self._require_changeable(kind[0], connection)
            yield connection
        finally:
            self._give_back(kind, connection)

    def _require_changeable(self, place: Place, connection: Connection) -> None:
        """Raise NoConnection for a server that is only read: what is to be done there waits, as if it were down."""
        try:
            rows = self._rows(place, connection, Statement(_READ_ONLY[place.engine]), PATIENCE)
        except DatabaseFailed:
            # One that does not know these settings is asked for the change itself.
            return
        if not {str(value).lower() for row in rows for value in row} <= _NO:
            raise NoConnection(f"{place.name} can't be changed :: it is out of service, and is only read")

    def _take(self, kind: Kind) -> Connection | None:
        while (kept := self._pop(kind)) is not None:
            since, connection = kept
            if connection.is_open() and (time.monotonic() - since < FRESH or self._answers(kind[0], connection)):
                return connection
            connection.close()
            self._down.require_up(kind[0])
        return None

    def _pop(self, kind: Kind) -> tuple[float, Connection] | None:
        with self._lock:
            return self._idle[kind].pop() if self._idle[kind] else None

    def _answers(self, place: Place, connection: Connection) -> bool:
        """Ask for a sign of life: a server that hangs is found by this, and not in the middle of a change."""
        try:
            self._rows(place, connection, Statement("SELECT 1"), PATIENCE)
        except NoConnection:
            return False
        return True

    def _connect(self, kind: Kind) -> Connection:
        place, database = kind
        start = time.monotonic()
        try:
            return connect(place, database)
        except NoConnection as error:
            if time.monotonic() - start > SLOW:
                self._down.mark(place, error.text)
            raise

    def _give_back(self, kind: Kind, connection: Connection) -> None:
        with self._lock:
            # A connection to an ordinary database would keep that from being dropped.
            if not kind[1] and connection.is_open() and len(self._idle[kind]) < IDLE:
                self._idle[kind].append((time.monotonic(), connection))
                return
        connection.close()
