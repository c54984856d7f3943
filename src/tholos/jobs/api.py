"""Speaking to a server over its RPC API: forms over HTTPS, eight arguments in each, a bare number as the answer."""

from __future__ import annotations

import re
import socket
import ssl
from contextlib import suppress
from typing import Any
from urllib.parse import urlencode

import urllib3
from urllib3.connection import HTTPSConnection
from urllib3.exceptions import HTTPError, InsecureRequestWarning, ProtocolError

from tholos.jobs.limit import Limit
from tholos.jobs.slave import ARGUMENTS, MOST, Address, Unanswered

CONNECT, READ = 10.0, 300.0
"""Seconds that a server has to take a connection, and to answer: rebuilding very many zones takes a while."""
LONGEST = 600.0
"""Seconds that a call may take in all, however often a little of its answer comes."""
SILENCE = 60
"""Seconds after which a server is given up whose machine does not even acknowledge what is sent."""
_ALIVE = [
    (socket.IPPROTO_TCP, socket.TCP_NODELAY, 1),
    (socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1),
    (socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, SILENCE // 2),
    (socket.IPPROTO_TCP, socket.TCP_KEEPINTVL, SILENCE // 6),
    (socket.IPPROTO_TCP, socket.TCP_KEEPCNT, 3),
    (socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, SILENCE * 1_000),
]
_CODE = re.compile(r"\s*([0-9]{1,5})\s*")
_PATH = "/api/"
urllib3.disable_warnings(InsecureRequestWarning)


class ApiSlave:
    """A server behind its RPC API, on one connection that is kept."""

    def __init__(self, address: Address) -> None:
        proof = {"user": address.login, "password": address.secret} if address.login else {"hash": address.secret}
        self._proof = proof
        self._pool = urllib3.HTTPSConnectionPool(
            address.host,
            address.port,
            maxsize=1,
            retries=False,
            timeout=urllib3.Timeout(connect=CONNECT, read=READ),
            socket_options=_ALIVE,
            **_tls(address),
        )
        self._socket: socket.socket | None = None
        self._limit: Limit | None = None
        self._pool.ConnectionCls = self._connections()

    def call(self, command: str, *arguments: str) -> int:
        """Run a command and give its exit code; Unanswered when the answer is no number."""
        status, text = self._post({"returncode": "yes", **_form(command, arguments)})
        code = _CODE.fullmatch(text)
        if code is not None:
            return int(code[1])
        if not text.strip() and status < 400:
            # So the reference answers a legacy key that puts a file down.
            return 0
        raise Unanswered(f"answered {status} to {command}: {_shown(text)}")

    def put(self, path: str, content: str) -> int:
        """Put a text down as a temporary file of ours."""
        return self.call("v-make-tmp-file", content, path)

    def ask(self, command: str, *arguments: str, most: int = MOST) -> str | None:
        """What a command prints, or None."""
        status, text = self._post(_form(command, arguments), most)
        return text if status == 200 and not text.startswith("Error:") else None

    def pause(self) -> None:
        """The connection is kept: each call is authenticated by itself."""

    def close(self) -> None:
        """End the connection."""
        self._pool.close()

    def _post(self, fields: dict[str, str], most: int = MOST) -> tuple[int, str]:
        too_long = Unanswered(f"did not end its answer within {LONGEST:g} seconds")
        with Limit(LONGEST, self._break_off) as self._limit:
            try:
                answer = self._send_again(fields, most)
            except (HTTPError, OSError) as error:
                raise too_long if self._limit.over else Unanswered(_reason(error)) from None
        if self._limit.over:
            # What was broken off may look like a whole answer.
            raise too_long
        return answer

    def _send_again(self, fields: dict[str, str], most: int) -> tuple[int, str]:
        try:
            return self._send(fields, most)
        except ProtocolError:
            if self._limit is not None and self._limit.over:
                raise
            # A server may close a connection that rested just as it is used again; every call can be repeated.
            return self._send(fields, most)

    def _break_off(self) -> None:
        """End the connection under whoever waits for it; the other side is not told, as TLS would have it."""
        if self._socket is not None:
            with suppress(OSError):
                socket.socket.shutdown(self._socket, socket.SHUT_RDWR)

    def _connections(self) -> type[HTTPSConnection]:
        """Connections whose socket is known here from the moment at which there is one."""
        slave = self

        class Known(HTTPSConnection):
            def connect(self) -> None:
                super().connect()
                slave._socket = self.sock
                if slave._limit is not None and slave._limit.over:
                    raise TimeoutError

        return Known

    def _send(self, fields: dict[str, str], most: int) -> tuple[int, str]:
        form = urlencode({**self._proof, **fields})
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        answer = self._pool.request("POST", _PATH, body=form, headers=headers, preload_content=False)
        try:
            # Nothing compressed was asked for, and what is small on the wire may be large in memory.
            text = answer.read(most, decode_content=False)
            if len(text) == most:
                # What was not read must not be taken for the next answer.
                answer.close()
            return answer.status, text.decode(errors="replace")
        finally:
            answer.release_conn()


def _form(command: str, arguments: tuple[str, ...]) -> dict[str, str]:
    """The fields of a call. Files come without their last line ends: the other side adds one."""
    padded = (*arguments, *[""] * (ARGUMENTS - len(arguments)))
    return {"cmd": command} | {f"arg{number}": value for number, value in enumerate(padded, start=1)}


def _tls(address: Address) -> dict[str, Any]:
    """How the server's certificate is checked: by its fingerprint, by the machine's authorities, or not at all."""
    if address.trust == "system":
        return {"ssl_context": ssl.create_default_context()}
    checked = {"assert_fingerprint": address.trust} if address.trust else {}
    return {"cert_reqs": ssl.CERT_NONE, "assert_hostname": False, **checked}


def _reason(error: BaseException) -> str:
    """The innermost reason, without the request, which holds secrets."""
    while error.__cause__ is not None:
        error = error.__cause__
    return _shown(str(error) or type(error).__name__)


def _shown(text: str) -> str:
    return "".join(sign if sign.isprintable() else " " for sign in text.strip())[:200]
