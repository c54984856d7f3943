"""The engine as the HTTPS edge sees it: calls over a Unix socket, on connections that are kept.

Frames are those of ``edges/socket.py``. A call is sent once: when its answer is lost, nobody but the engine knows what
became of it, and so it is not repeated.
"""

from __future__ import annotations

import asyncio
import struct
from collections import deque
from contextlib import suppress
from pathlib import Path

import msgspec

from tholos.kernel.call import Call, HttpRequest, HttpResponse, Outcome

MOST_CONNECTIONS = 64
MOST_WAITING = 512
"""Calls that wait for a connection at most; more are turned away at once."""
WAIT = 30.0
"""Seconds that a call waits for a connection."""
LONGEST = 900.0
"""Seconds after which an answer is no longer waited for."""
Connection = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class EngineDownError(Exception):
    """The engine could not be reached; the call was not carried out."""


class AnswerLostError(Exception):
    """The call was sent and no answer came: nobody knows what became of it."""


class EngineClient:
    """Asks the engine behind a socket."""

    def __init__(self, path: Path) -> None:
        self._path = str(path)
        self._idle: deque[Connection] = deque()
        self._free = asyncio.Semaphore(MOST_CONNECTIONS)
        self._waiting = 0
        self._encode = msgspec.msgpack.Encoder().encode
        self._decode = msgspec.msgpack.Decoder(Outcome).decode
        self._decode_response = msgspec.msgpack.Decoder(HttpResponse).decode

    async def ask(self, call: Call) -> Outcome:
        """Give the outcome of a call; raise EngineDownError or AnswerLostError."""
        return self._decode(await self._send(b"C", self._encode(call)))

    async def fetch(self, request: HttpRequest) -> HttpResponse:
        """Give the answer to a request of the REST API; raise EngineDownError or AnswerLostError."""
        return self._decode_response(await self._send(b"R", self._encode(request)))

    async def _send(self, kind: bytes, payload: bytes) -> bytes:
        await self._enter()
        try:
            connection = await self._connection()
            try:
                async with asyncio.timeout(LONGEST):
                    answer = await self._exchange(connection, kind, payload)
            except TimeoutError as error:
                connection[1].transport.abort()
                raise AnswerLostError from error
            except BaseException:
                connection[1].transport.abort()
                raise
            self._idle.append(connection)
            return answer
        finally:
            self._free.release()

    async def _enter(self) -> None:
        if not self._free.locked():
            await self._free.acquire()
            return
        if self._waiting >= MOST_WAITING:
            raise EngineDownError
        self._waiting += 1
        try:
            await asyncio.wait_for(self._free.acquire(), WAIT)
        except TimeoutError:
            raise EngineDownError from None
        finally:
            self._waiting -= 1

    async def _connection(self) -> Connection:
        while self._idle:
            reader, writer = self._idle.pop()
            if not reader.at_eof() and not writer.is_closing():
                return reader, writer
            writer.transport.abort()
        try:
            return await asyncio.open_unix_connection(self._path, limit=1 << 20)
        except OSError as error:
            raise EngineDownError from error

    async def _exchange(self, connection: Connection, kind: bytes, payload: bytes) -> bytes:
        reader, writer = connection
        writer.write(struct.pack(">cI", kind, len(payload)) + payload)
        try:
            (length,) = struct.unpack(">I", await reader.readexactly(4))
            return await reader.readexactly(length)
        except (OSError, EOFError) as error:
            raise AnswerLostError from error

    async def close(self) -> None:
        """Close the connections that nobody uses."""
        while self._idle:
            _, writer = self._idle.pop()
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()
