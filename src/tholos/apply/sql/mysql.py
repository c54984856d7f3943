"""Connections to MariaDB and MySQL (PyMySQL, imported when the first one is made)."""

from __future__ import annotations

import select
from typing import Any

from tholos.apply.sql.place import LOCAL, Place, Rows
from tholos.kernel.errors import DatabaseFailed, NoConnection

SOCKET = "/run/mysqld/mysqld.sock"
PATIENCE = 3
"""Seconds to wait for a connection."""
LONGEST = 60
"""Seconds to wait for the answer to a statement."""
_GONE = (2003, 2006, 2013, 2014, 2055)
"""Errors of a connection that is no more (mysqld_error.h, errmsg.h)."""
# The server's own wait_timeout is for clients that forget to close; a lock is waited for a moment, not for a day.
_SESSION = "SET SESSION wait_timeout=28800, lock_wait_timeout=10"


class MysqlConnection:
    """A connection of an administrator."""

    def __init__(self, place: Place, database: str) -> None:
        import pymysql

        self._failed: type[Exception] = pymysql.MySQLError
        reach: dict[str, Any] = {"unix_socket": SOCKET} if place.host == LOCAL else {"port": place.port}
        try:
            self._open = pymysql.connect(
                host=place.host,
                user=place.login,
                password=place.password,
                database=database or None,
                charset="utf8mb4",
                autocommit=True,
                connect_timeout=PATIENCE,
                read_timeout=LONGEST,
                write_timeout=LONGEST,
                local_infile=False,
                init_command=_SESSION,
                **reach,
            )
        except (pymysql.MySQLError, OSError) as error:
            raise NoConnection(f"{place.name} can't be reached :: {_words(error)}") from error
        self._name = place.name

    def rows(self, text: str, values: tuple[str, ...]) -> Rows:
        """Run a statement and give its rows, if it has any; raise DatabaseFailed or NoConnection."""
        try:
            with self._open.cursor() as cursor:
                cursor.execute(text, values)
                return list(cursor.fetchall())
        except (self._failed, OSError) as error:
            if isinstance(error, OSError) or (error.args and error.args[0] in _GONE):
                self.close()
                raise NoConnection(f"{self._name} has gone away :: {_words(error)}") from error
            raise DatabaseFailed(f"{self._name} refused a statement :: {_words(error)}") from error

    def is_open(self) -> bool:
        """Tell, without asking the server, whether it has closed the connection."""
        # A server that has nothing to answer has sent nothing, unless that it hangs up.
        stream = getattr(self._open, "_sock", None)
        return bool(self._open.open) and stream is not None and not select.select([stream], [], [], 0)[0]

    def close(self) -> None:
        """End the connection."""
        if self._open.open:
            self._open.close()


def _words(error: Exception) -> str:
    """What the server or the client says; no value of a statement is in it."""
    return str(error.args[1]) if len(error.args) > 1 else str(error)
