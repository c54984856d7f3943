"""The control channel of BIND 9: commands on one kept connection, instead of a program for each of them.

The server names a nonce at the beginning of a connection, which every further message repeats, so that nobody can play
a message again.
"""

from __future__ import annotations

import secrets
import socket
import struct
import time
from collections.abc import Callable, Mapping
from typing import NamedTuple

from tholos.apply.named.message import ControlError, Key, Table, signed, verified

_MOST = 1 << 20
_VALID_SECONDS = 60


class Answer(NamedTuple):
    """What the server says to a command: 0 or an error's number, the error's name, and text for people."""

    result: int
    error: str
    text: str


class Channel:
    """A connection to a server's control channel, made when it is first needed and again after it was lost."""

    def __init__(self, address: tuple[str, int], key: Callable[[], Key], patience: float) -> None:
        self._address = address
        self._key = key
        self._patience = patience
        self._connection: socket.socket | None = None
        self._number = 0
        self._nonce = b""

    def ask(self, command: str) -> Answer:
        """Send a command and give the answer; ControlError or OSError when none comes, and the connection is closed."""
        try:
            if self._connection is None:
                self._open()
            return self._exchange(command)
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Close the connection, if there is one."""
        if self._connection is not None:
            self._connection.close()
        self._connection = None

    def _open(self) -> None:
        self._connection = socket.create_connection(self._address, timeout=self._patience)
        self._connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._signing, self._number, self._nonce = self._key(), secrets.randbits(31), b""
        self._exchange("null")

    def _exchange(self, command: str) -> Answer:
        assert self._connection is not None
        self._number += 1
        now = int(time.time())
        control = {"_ser": b"%d" % self._number, "_tim": b"%d" % now, "_exp": b"%d" % (now + _VALID_SECONDS)}
        nonce = {"_nonce": self._nonce} if self._nonce else {}
        message = {"_ctrl": {**control, **nonce}, "_data": {"type": command.encode()}}
        self._connection.sendall(signed(self._signing, message))
        return self._answer(verified(self._signing, self._receive()))

    def _receive(self) -> bytes:
        (length,) = struct.unpack(">I", self._exactly(4))
        if length > _MOST:
            raise ControlError("an answer of a size that no answer has")
        return self._exactly(length)

    def _exactly(self, length: int) -> bytes:
        assert self._connection is not None
        received = b""
        while len(received) < length:
            more = self._connection.recv(length - len(received))
            if not more:
                raise ControlError("the server closed the connection")
            received += more
        return received

    def _answer(self, table: Table) -> Answer:
        control, data = table.get("_ctrl"), table.get("_data")
        if not isinstance(control, Mapping) or not isinstance(data, Mapping):
            raise ControlError("an answer without its parts")
        self._check(control)
        result = _text(data, "result")
        return Answer(int(result) if result.isdigit() else 0, _text(data, "err"), _text(data, "text"))

    def _check(self, control: Table) -> None:
        nonce = control.get("_nonce", b"")
        if control.get("_ser") != b"%d" % self._number or (self._nonce and nonce != self._nonce):
            raise ControlError("an answer to something else")
        self._nonce = nonce if isinstance(nonce, bytes) else b""


def _text(data: Table, key: str) -> str:
    value = data.get(key, b"")
    return value.decode(errors="replace") if isinstance(value, bytes) else ""
