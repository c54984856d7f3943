"""A call and its outcome: what crosses the line between an edge and the engine.

Both are plain immutable values: they can be printed, hashed, stored and compared. Secrets are masked when printed.
"""

from __future__ import annotations

from typing import Literal

import msgspec

Way = Literal["shell", "access-key", "legacy"]
"""How a call came in; it decides the order of checks and the shape of the answer, never the rights."""


class Credentials(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a caller shows to prove who it is; empty strings where it showed nothing."""

    access_key: str = ""
    secret_key: str = ""
    legacy_key: str = ""
    user: str = ""
    password: str = ""

    def __repr__(self) -> str:
        return f"Credentials(access_key={self.access_key!r}, user={self.user!r}, ...)"


class Call(msgspec.Struct, frozen=True):
    """One request: a command's name, its values in the order of the command line, and who asks from where.

    ``address`` is the caller's IP address as text. ``dry_run`` asks for the plan alone. ``idempotency_key`` is a name
    that the caller gives a change, so that sending it twice carries it out once.
    """

    command: str
    values: tuple[str, ...] = ()
    credentials: Credentials = Credentials()
    address: str = "127.0.0.1"
    way: Way = "shell"
    dry_run: bool = False
    idempotency_key: str = ""

    def __repr__(self) -> str:
        return f"Call({self.command!r}, {len(self.values)} values, {self.way}, {self.address})"


class Outcome(msgspec.Struct, frozen=True):
    """What became of a call.

    ``code`` is the exit code (0 is success), ``text`` the output as a shell would print it, ``refused_at`` tells
    whether the caller was turned away before the command was looked at (``gate``) or by the command itself (``run``).
    ``detail`` says which rule refused where the text that clients know does not. ``job`` is the id of the job whose
    result is the outcome; nobody but the engine sees it.
    """

    code: int
    text: str = ""
    refused_at: Literal["", "gate", "run"] = ""
    detail: str = ""
    job: str = ""


REST_HEADERS = ("authorization", "content-type", "idempotency-key", "if-match", "if-none-match")
"""The header fields that the REST API looks at; no other leaves the edge."""


class HttpRequest(msgspec.Struct, frozen=True, omit_defaults=True):
    """A request of the REST API as the edge received it.

    ``path`` is what follows ``/api/v2``, still with its percent signs (RFC 3986). ``headers`` are REST_HEADERS in lower
    case, those that came; a field that came twice is joined with commas (RFC 9110, 5.3).
    """

    method: str
    path: str
    query: str = ""
    headers: dict[str, str] = {}
    body: bytes = b""
    address: str = "127.0.0.1"

    def __repr__(self) -> str:
        return f"HttpRequest({self.method} {self.path!r}, {len(self.body)} bytes, {self.address})"


class HttpResponse(msgspec.Struct, frozen=True):
    """The answer to a request of the REST API; the edge sends it as it is."""

    status: int
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""

    def __repr__(self) -> str:
        return f"HttpResponse({self.status}, {len(self.body)} bytes)"
