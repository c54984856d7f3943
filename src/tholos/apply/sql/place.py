"""Where a database server is and how one is let in: a private file for each, which a driver writes from the state."""

from __future__ import annotations

from typing import Any, Protocol

import msgspec

from tholos.kernel.errors import DatabaseFailed

DIRECTORY = "/var/lib/tholos/servers"
"""Beside the state: of mode 0700, and every file in it 0600."""
LOCAL = "localhost"
"""The name under which a server of this machine is known; it is reached over its Unix socket."""
PATIENCE = 3
"""Seconds to wait for a connection, and for a sign of life on one."""
SOON = 10.0
"""Seconds for the answer to a statement in the writer, where everybody waits for it."""
SOME_TIME = 120.0
"""Seconds for the answer to a question that is asked outside of the writer."""
LONG = 3600.0
"""Seconds for dropping something large."""


class Place(msgspec.Struct, frozen=True):
    """A server's engine (mysql or pgsql), host, port, and the administrator's login; no password on a socket.

    One that is out of service may be down for long: what is to be done there waits for it, and nobody waits for that.
    """

    engine: str
    host: str
    port: int
    login: str
    password: str = ""
    out_of_service: bool = False

    @property
    def name(self) -> str:
        """The server's name in steps: its engine and its host."""
        return f"{self.engine}/{self.host}"

    def __repr__(self) -> str:
        return f"Place({self.engine!r}, {self.host!r}, {self.port})"


class Missing(DatabaseFailed):
    """What a statement is about is not there."""


Rows = list[tuple[Any, ...]]


class Connection(Protocol):
    """An open connection, in autocommit: every statement stands alone."""

    def rows(self, text: str, values: tuple[str, ...], seconds: float) -> Rows:
        """Run a statement and give its rows, if it has any; raise DatabaseFailed, or NoConnection after so long."""
        ...

    def is_open(self) -> bool:
        """Tell, without asking the server, whether it has closed the connection."""
        ...

    def close(self) -> None:
        """End the connection."""
        ...


def path_of(server: str) -> str:
    """The file that says where a server is."""
    return f"{DIRECTORY}/{server.replace('/', '-', 1)}.json"


def encoded(place: Place) -> bytes:
    """The content of that file."""
    return msgspec.json.encode(place) + b"\n"


def decoded(content: bytes) -> Place:
    """What ``encoded`` wrote."""
    return msgspec.json.decode(content, type=Place)
