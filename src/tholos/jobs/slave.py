"""Another server of the DNS cluster, as a job speaks to it (``dns-cluster.md``, transport)."""

from __future__ import annotations

import socket
from typing import NamedTuple, Protocol

ARGUMENTS = 8
"""Arguments that every call has on the wire; those that a command does not need are empty."""

MOST = 64 * 1024
"""Bytes of an answer that are read, where nobody expects more."""


class Unreachable(Exception):  # noqa: N818 - it says how a server is.
    """A server could not be spoken to, or did not let us in; the text says why and holds no secret."""


class Unanswered(Unreachable):
    """A call came back without an exit code: the server may be at fault, or what was asked of it."""


class Address(NamedTuple):
    """Where a server is and how we show who we are: by a login and its password, or by a key alone."""

    host: str
    port: int
    login: str
    secret: str
    trust: str


def addresses_of(host: str) -> str:
    """The addresses of a server, with blanks between; empty where its name is not known at the moment."""
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except OSError:
        return ""
    # An address with a scope is one of this machine's own links, which a name server does not know by that.
    return " ".join(sorted({str(address[0]) for *_, address in found if "%" not in str(address[0])}))


class Slave(Protocol):
    """A connection to one server; it is used by one thread at a time."""

    def call(self, command: str, *arguments: str) -> int:
        """Run a command there and give its exit code; raise Unreachable when there is none."""
        ...

    def put(self, path: str, content: str) -> int:
        """Put a text down there for a later call; give the exit code, or raise Unreachable."""
        ...

    def ask(self, command: str, *arguments: str, most: int = MOST) -> str | None:
        """What a command prints there, but no more bytes than ``most``.

        None when it cannot be run, or when nothing printed comes back.
        """
        ...

    def pause(self) -> None:
        """No call follows for now."""
        ...

    def close(self) -> None:
        """End the connection."""
        ...
