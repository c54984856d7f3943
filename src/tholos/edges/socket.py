"""The engine's Unix socket: calls from the edge and from the ``v-*`` commands, one thread a connection.

A frame is a kind (one byte), a length (four bytes, big-endian) and that many bytes. Kind ``C`` is a Call, answered with
an Outcome (length and bytes), both in MessagePack, which copies long texts as they are. Kind ``R`` is the same with an
HttpRequest and an HttpResponse. Kind ``V`` is a command line
with NUL between its words, answered with the exit code (one byte), a length and the text; only root may send it. The
peer's uid comes from SO_PEERCRED (unix(7)): anybody but root and the edge is hung up on.
"""

from __future__ import annotations

import os
import socket
import struct
import threading
from collections.abc import Callable, Collection
from contextlib import suppress
from pathlib import Path

import msgspec

from tholos.kernel.call import Call, HttpRequest, HttpResponse, Outcome
from tholos.kernel.log import log

LARGEST_FRAME = 8 * 1024 * 1024
"""Bytes of one request at most."""
Handler = Callable[[Call], Outcome]
RestHandler = Callable[[HttpRequest], HttpResponse]


class Server:
    """Listens on a Unix socket and answers calls.

    ``root_uids`` may send command lines, ``edge_uids`` calls and requests with credentials; ``shell``,
    ``remote`` and ``rest`` carry them out.
    """

    def __init__(
        self,
        path: Path,
        *,
        shell: Handler,
        remote: Handler,
        rest: RestHandler,
        root_uids: Collection[int],
        edge_uids: Collection[int],
        group: int | None,
    ) -> None:
        self.path = path
        self._shell = shell
        self._remote = remote
        self._rest = rest
        self._root_uids = root_uids
        self._edge_uids = edge_uids
        self._decoder = msgspec.msgpack.Decoder(Call)
        self._request_decoder = msgspec.msgpack.Decoder(HttpRequest)
        self._listener = _listen(path, group)

    def serve(self) -> None:
        """Accept connections until the listener is closed."""
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._connection, args=(connection,), daemon=True).start()

    def close(self) -> None:
        """Stop accepting connections."""
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _connection(self, connection: socket.socket) -> None:
        with connection, suppress(OSError, EOFError):
            uid = _peer_uid(connection)
            if uid not in self._root_uids and uid not in self._edge_uids:
                log.warning("a stranger at the socket", uid=uid)
                return
            while True:
                self._frame(connection, uid)

    def _frame(self, connection: socket.socket, uid: int) -> None:
        kind, length = struct.unpack(">cI", _exactly(connection, 5))
        if length > LARGEST_FRAME:
            raise EOFError
        payload = _exactly(connection, length)
        if kind == b"V" and uid in self._root_uids:
            words = [word.decode(errors="surrogateescape") for word in payload.split(b"\0")]
            outcome = self._shell(Call(words[0], tuple(_readable(word) for word in words[1:])))
            text = outcome.text.encode(errors="replace")
            connection.sendall(struct.pack(">BI", outcome.code & 0xFF, len(text)) + text)
        elif kind == b"C":
            _send(connection, self._remote(self._decoder.decode(payload)))
        elif kind == b"R":
            _send(connection, self._rest(self._request_decoder.decode(payload)))
        else:
            raise EOFError


def _send(connection: socket.socket, value: Outcome | HttpResponse) -> None:
    answer = msgspec.msgpack.encode(value)
    connection.sendall(struct.pack(">I", len(answer)) + answer)


def _readable(word: str) -> str:
    return word.encode(errors="surrogateescape").decode(errors="replace")


def _listen(path: Path, group: int | None) -> socket.socket:
    path.unlink(missing_ok=True)
    path.parent.mkdir(parents=True, exist_ok=True)
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM | socket.SOCK_CLOEXEC)
    before = os.umask(0o177)
    try:
        listener.bind(str(path))
    finally:
        os.umask(before)
    if group is not None:
        os.chown(path, -1, group)
        path.chmod(0o660)
    listener.listen(256)
    return listener


def _peer_uid(connection: socket.socket) -> int:
    credentials = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i"))
    return int(struct.unpack("3i", credentials)[1])


def _exactly(connection: socket.socket, count: int) -> bytes:
    parts = bytearray()
    while len(parts) < count:
        part = connection.recv(count - len(parts))
        if not part:
            raise EOFError
        parts += part
    return bytes(parts)
