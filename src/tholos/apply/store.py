"""The state's database: one connection that writes, and as many as needed that read.

SQLite in WAL mode: readers never wait and see the last commit. Writing begins with BEGIN IMMEDIATE, so that what a
transaction read cannot have changed by the time it writes. ``synchronous=FULL`` makes a commit survive a power cut.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, select
from sqlalchemy.pool import QueuePool, StaticPool

from tholos.apply.model import batches

BUSY_TIMEOUT = 30_000
"""Milliseconds that a connection waits for a lock held by another process, such as a backup."""


class Store:
    """The state of one node, in ``state.db`` below a directory.

    ``generation`` grows with every commit that changed anything a reader could see.
    """

    def __init__(self, directory: Path) -> None:
        self.path = directory / "state.db"
        self.generation = 0
        self._writer = _engine(self.path, "BEGIN IMMEDIATE", pool=StaticPool)
        self._readers = _engine(self.path, "BEGIN", pool=QueuePool, query_only=True)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection with a consistent snapshot that cannot write."""
        with self._readers.connect() as connection:
            yield connection

    def writing(self) -> Connection:
        """The connection that writes, with a transaction that the caller commits or rolls back."""
        return self._writer.connect()

    def committed(self, batch: str) -> bool:
        """Tell whether a batch reached its commit."""
        with self.reading() as connection:
            return connection.execute(select(batches.c.id).where(batches.c.id == batch)).first() is not None

    def close(self) -> None:
        """Close every connection."""
        self._readers.dispose()
        self._writer.dispose()


def _engine(path: Path, begin: str, *, pool: type[Any], query_only: bool = False) -> Engine:
    sizes = {"pool_size": 16, "max_overflow": 64} if pool is QueuePool else {}
    engine = create_engine(
        f"sqlite:///{path}", poolclass=pool, connect_args={"check_same_thread": False}, hide_parameters=True, **sizes
    )

    @event.listens_for(engine, "connect")
    def configure(connection: Any, _record: Any) -> None:
        # The driver must not begin transactions by itself: it would begin deferred ones.
        connection.isolation_level = None
        for pragma in (
            f"busy_timeout={BUSY_TIMEOUT}",
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            f"query_only={'ON' if query_only else 'OFF'}",
        ):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin_transaction(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    return engine
