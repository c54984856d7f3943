"""Connections to PostgreSQL (psycopg 3, imported when the first one is made)."""

from __future__ import annotations

import select

from tholos.apply.sql.place import LOCAL, PATIENCE, SOON, Missing, Place, Rows
from tholos.apply.sql.watch import WATCH
from tholos.kernel.errors import DatabaseFailed, NoConnection

SOCKET = "/run/postgresql"
OWN = "postgres"
"""The database that every server has for its administrators."""
_UNDEFINED = "42704"
"""The state of a statement about something that is not there (PostgreSQL's manual, appendix A)."""
_BRIEFLY, _PATIENTLY = "500ms", "5s"
"""How long a lock is waited for that an account may hold: in the writer everybody waits, elsewhere nobody does."""
_SESSION = " ".join(
    f"-c {setting}"
    for setting in (
        f"lock_timeout={_BRIEFLY}",
        "client_min_messages=warning",
        # Whoever owns a database can have sessions in it begin otherwise (ALTER DATABASE ... SET): as somebody else,
        # with statements that end at once, or not at all. What a client asks for itself counts before that.
        "statement_timeout=0",
        "default_transaction_read_only=off",
        "role=none",
        "search_path=pg_catalog",
        "local_preload_libraries=",
    )
)


class PgsqlConnection:
    """A connection of an administrator."""

    def __init__(self, place: Place, database: str) -> None:
        import psycopg

        self._failed: type[Exception] = psycopg.Error
        self._name = place.name
        self._waits = _BRIEFLY
        try:
            self._open = psycopg.connect(
                host=SOCKET if place.host == LOCAL else place.host,
                port=place.port,
                user=place.login,
                password=place.password or None,
                dbname=database or OWN,
                autocommit=True,
                connect_timeout=PATIENCE,
                options=_SESSION,
                client_encoding="utf8",
                application_name="tholos",
                # The client puts values into the text: statements that define things take no parameters.
                cursor_factory=psycopg.ClientCursor,
            )
        except psycopg.Error as error:
            raise NoConnection(f"{place.name} can't be reached :: {_words(error)}") from error

    def rows(self, text: str, values: tuple[str, ...], seconds: float) -> Rows:
        """Run a statement and give its rows, if it has any; raise DatabaseFailed or NoConnection."""
        try:
            with WATCH.over(self._open.fileno(), seconds):
                self._wait(_PATIENTLY if seconds > SOON else _BRIEFLY)
                # Texts come from the drivers, where every name goes through their encoder.
                cursor = self._open.execute(text, values)
            return cursor.fetchall() if cursor.description else []
        except self._failed as error:
            if self._open.broken:
                raise NoConnection(f"{self._name} has gone away :: {_words(error)}") from error
            failed = Missing if getattr(error, "sqlstate", "") == _UNDEFINED else DatabaseFailed
            raise failed(f"{self._name} refused a statement :: {_words(error)}") from error

    def _wait(self, waits: str) -> None:
        if waits != self._waits:
            self._open.execute(f"SET lock_timeout = '{waits}'")
            self._waits = waits

    def is_open(self) -> bool:
        """Tell, without asking the server, whether it has closed the connection."""
        if self._open.closed:
            return False
        return not select.select([self._open.fileno()], [], [], 0)[0]

    def close(self) -> None:
        """End the connection."""
        self._open.close()


def _words(error: Exception) -> str:
    """The server's own message; a diagnosis has no values, where the whole text can quote the statement."""
    said = getattr(getattr(error, "diag", None), "message_primary", None)
    return str(said or error).strip().replace("\n", " ")
