"""The database servers of a node: one kept connection or a few for each, and what is still to be dropped there."""

from __future__ import annotations

import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress

from tholos.apply.sql.mysql import MysqlConnection
from tholos.apply.sql.pgsql import PgsqlConnection
from tholos.apply.sql.place import Connection, Missing, Place, Rows, decoded, path_of
from tholos.apply.steps import Statement
from tholos.kernel.errors import NoConnection

IDLE = 2
"""Connections of one kind that are kept."""
DOWN = 5.0
"""Seconds for which a server that could not be reached is not tried again: the writer must not wait for it twice."""
_IS_THERE = "SELECT 1 FROM pg_database WHERE datname = %s"
"""Only PostgreSQL's statements stand in a database."""
Kind = tuple[Place, str]


def connect(place: Place, database: str = "") -> Connection:
    """Open a connection; raise NoConnection."""
    return PgsqlConnection(place, database) if place.engine == "pgsql" else MysqlConnection(place, database)


class Servers:
    """Connections by server and database; ``read`` gives the content of a file, None where there is none."""

    def __init__(self, read: Callable[[str], bytes | None]) -> None:
        self._read = read
        self._idle: defaultdict[Kind, list[Connection]] = defaultdict(list)
        self._down: dict[Place, tuple[float, str]] = {}
        self._lock = threading.Lock()

    def run(self, server: str, statements: Iterable[Statement], *, creates: str = "", removes: str = "") -> Rows:
        """Run statements one after another; give the rows of the last. Raise NoConnection or DatabaseFailed.

        ``creates`` and ``removes`` name what they make or take away; only a rehearsal needs to be told.
        """
        rows: Rows = []
        place = self._place(server)
        for statement in statements:
            with self._connection((place, statement.database)) as connection:
                rows = connection.rows(statement.text, statement.values)
        return rows

    def drop(self, server: str, thing: str, statements: Iterable[Statement]) -> None:
        """Run statements that drop a thing for good; what one of them is about may be gone already."""
        for statement in statements:
            if statement.database and not self.run(server, [Statement(_IS_THERE, (statement.database,))]):
                continue
            with suppress(Missing):
                self.run(server, [statement])

    def made(self, server: str, thing: str) -> bool | None:
        """In a rehearsal, whether a thing has been made; None where the server itself is to be asked."""
        return None

    def close(self) -> None:
        """End all kept connections."""
        with self._lock:
            kept, self._idle = self._idle, defaultdict(list)
        for connections in kept.values():
            for connection in connections:
                connection.close()

    def _place(self, server: str) -> Place:
        content = self._read(path_of(server))
        if content is None:
            raise NoConnection(f"{server} can't be reached :: it is not known here")
        return decoded(content)

    @contextmanager
    def _connection(self, kind: Kind) -> Iterator[Connection]:
        connection = self._take(kind) or self._connect(kind)
        try:
            yield connection
        finally:
            self._give_back(kind, connection)

    def _take(self, kind: Kind) -> Connection | None:
        with self._lock:
            while self._idle[kind]:
                connection = self._idle[kind].pop()
                if connection.is_open():
                    return connection
                connection.close()
        return None

    def _connect(self, kind: Kind) -> Connection:
        place, database = kind
        until, words = self._down.get(place, (0.0, ""))
        if time.monotonic() < until:
            raise NoConnection(words)
        try:
            connection = connect(place, database)
        except NoConnection as error:
            if not database:
                self._down[place] = (time.monotonic() + DOWN, error.text)
            raise
        self._down.pop(place, None)
        return connection

    def _give_back(self, kind: Kind, connection: Connection) -> None:
        with self._lock:
            # A connection to an ordinary database would keep that from being dropped.
            if not kind[1] and connection.is_open() and len(self._idle[kind]) < IDLE:
                self._idle[kind].append(connection)
                return
        connection.close()
