"""Reading the bodies of requests, of which all callers together may have only so much in the edge's memory.

Nobody has shown yet who is calling: whoever opens many connections and sends slowly must not fill the memory.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tholos.edges.http_answer import Reply, refuse

Receive = Any
LARGEST_BODY = 4 * 1024 * 1024
MOST_READ = 4 * LARGEST_BODY
"""Bytes that are read and thrown away: a client that is cut off while it sends does not see why."""
BODY_SECONDS = 60.0
"""Seconds that a client may take for its body."""
MOST_HELD = 64 * 1024 * 1024
MOST_OF_ONE = 16 * 1024 * 1024
"""Bytes of bodies that are in memory at the same time, until their answers: of all, and of one origin."""
FREE = 16 * 1024
"""Bytes of each body that do not count: who sends large ones must not hold up ordinary calls."""
_CLOSE = (b"connection", b"close")


class BodyRefusedError(Exception):
    """A body that is too large or too slow, or one too many; the reply says which."""

    def __init__(self, reply: Reply) -> None:
        super().__init__()
        self.reply = reply


class ClientGoneError(Exception):
    """The client hung up before its request was complete."""


class Bodies:
    """How much of bodies is in memory, and whose it is; for one event loop."""

    def __init__(self) -> None:
        self._all = 0
        self._of: Counter[str] = Counter()

    @contextmanager
    def held(self, origin: str) -> Iterator[Held]:
        """The place of one body; with the end of the request it is free again."""
        place = Held(self, origin)
        try:
            yield place
        finally:
            place.clear()

    def take(self, origin: str, count: int) -> bool:
        """Count more bytes, unless they would be too many."""
        if self._all + count > MOST_HELD or self._of[origin] + count > MOST_OF_ONE:
            return False
        self._all += count
        self._of[origin] += count
        return True

    def give_back(self, origin: str, count: int) -> None:
        """Count fewer bytes."""
        self._all -= count
        self._of[origin] -= count
        if self._of[origin] <= 0:
            del self._of[origin]


class Held:
    """What has come of one body."""

    def __init__(self, bodies: Bodies, origin: str) -> None:
        self._bodies = bodies
        self._origin = origin
        self._counted = 0
        self._length = 0
        self._parts: list[bytes] = []

    def add(self, part: bytes) -> bool:
        """Keep a part; tell whether there was room for it."""
        more = max(0, self._length + len(part) - FREE) - self._counted
        if more > 0 and not self._bodies.take(self._origin, more):
            return False
        self._counted += max(0, more)
        self._length += len(part)
        self._parts.append(part)
        return True

    def whole(self) -> bytes:
        """All that has come, in one."""
        body = b"".join(self._parts)
        self._parts.clear()
        return body

    def clear(self) -> None:
        """Keep nothing any more."""
        self._parts.clear()
        if self._counted:
            self._bodies.give_back(self._origin, self._counted)
        self._counted = self._length = 0


async def read_body(headers: dict[bytes, bytes], receive: Receive, held: Held) -> bytes:
    """Read a body to its end; raise BodyRefusedError, or ClientGoneError."""
    declared = headers.get(b"content-length", b"")
    if declared.isdigit() and int(declared) > (LARGEST_BODY if b"expect" in headers else MOST_READ):
        raise BodyRefusedError(_too_large())
    try:
        async with asyncio.timeout(BODY_SECONDS):
            refused = await _read(receive, held)
    except TimeoutError:
        raise BodyRefusedError(refuse(408, "the request body took too long", _CLOSE)) from None
    if refused is not None:
        raise BodyRefusedError(refused)
    # Half a body is never taken for a whole one: it would be another request.
    return held.whole()


async def _read(receive: Receive, held: Held) -> Reply | None:
    """Keep what comes; what is refused is read to its end too, so that the client gets to know why."""
    length, refused = 0, None
    while True:
        message = await receive()
        if message["type"] != "http.request":
            raise ClientGoneError
        part = message.get("body", b"")
        length += len(part)
        if length > MOST_READ:
            return _too_large()
        if length > LARGEST_BODY:
            refused = _too_large()
        elif refused is None and not held.add(part):
            refused = _too_many()
        if refused is not None:
            held.clear()
        if not message.get("more_body", False):
            return refused


def _too_large() -> Reply:
    return refuse(413, f"the request body is larger than {LARGEST_BODY} bytes", _CLOSE)


def _too_many() -> Reply:
    return refuse(503, "too many large requests are being read", _CLOSE, (b"retry-after", b"5"))
