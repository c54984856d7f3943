"""Connections to MariaDB and MySQL (PyMySQL, imported when the first one is made)."""

from __future__ import annotations

import select
import socket

from tholos.apply.sql.place import LOCAL, PATIENCE, Place, Rows
from tholos.apply.sql.watch import WATCH
from tholos.kernel.errors import DatabaseFailed, NoConnection

SOCKET = "/run/mysqld/mysqld.sock"
_GONE = (2003, 2006, 2013, 2014, 2055)
"""Errors of a connection that is no more (mysqld_error.h, errmsg.h)."""
# The server's own wait_timeout is for clients that forget to close; a lock is waited for a moment, not for a day.
_SESSION = "SET SESSION wait_timeout=28800, lock_wait_timeout=5"


class MysqlConnection:
    """A connection of an administrator."""

    def __init__(self, place: Place, database: str) -> None:
        import pymysql

        self._failed: type[Exception] = pymysql.MySQLError
        self._name = place.name
        try:
            self._socket = _reach(place)
            with WATCH.over(self._socket.fileno(), PATIENCE):
                self._open = pymysql.connect(
                    host=place.host,
                    user=place.login,
                    password=place.password,
                    database=database or None,
                    charset="utf8mb4",
                    autocommit=True,
                    local_infile=False,
                    init_command=_SESSION,
                    defer_connect=True,
                )
                self._open.connect(self._socket)
        except (pymysql.MySQLError, OSError) as error:
            if hasattr(self, "_socket"):
                self._socket.close()
            raise NoConnection(f"{place.name} can't be reached :: {_words(error)}") from error

    def rows(self, text: str, values: tuple[str, ...], seconds: float) -> Rows:
        """Run a statement and give its rows, if it has any; raise DatabaseFailed or NoConnection."""
        try:
            with WATCH.over(self._socket.fileno(), seconds), self._open.cursor() as cursor:
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
        return bool(self._open.open) and not select.select([self._socket], [], [], 0)[0]

    def close(self) -> None:
        """End the connection."""
        if self._open.open:
            self._open.close()
        self._socket.close()


def _reach(place: Place) -> socket.socket:
    if place.host != LOCAL:
        reached = socket.create_connection((place.host, place.port), PATIENCE)
        reached.settimeout(None)
        reached.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return reached
    local = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        local.connect(SOCKET)
    except OSError:
        local.close()
        raise
    return local


def _words(error: Exception) -> str:
    """What the server or the client says; no value of a statement is in it."""
    return str(error.args[1]) if len(error.args) > 1 else str(error)
