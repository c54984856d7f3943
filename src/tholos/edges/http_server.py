"""The HTTP server under the edge: uvicorn with httptools and uvloop, and limits on slow and greedy clients."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections import Counter
from pathlib import Path
from typing import Any

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from tholos.edges.origin import origin

BACKLOG = 1024
MOST_CONNECTIONS = 2000
MOST_PER_ADDRESS = 256
"""Connections of one address, or of one network of IPv6, at most, so that nobody can take all of them."""
HEAD_SECONDS = 20.0
"""Seconds that a client may take to send the head of a request."""
LARGEST_HEAD = 64 * 1024
"""Bytes of a request's head at most: of its fields, and of what has come and is neither a whole field nor body."""
_FRAMED = 8
"""Bytes that one byte of a body takes at most, alone in its chunk (RFC 9112, 7.1)."""
IDLE_SECONDS = 30
STOP_SECONDS = 15
"""Seconds that running requests get to finish when the edge is stopped."""
GOODBYE_SECONDS = 0.5
"""Seconds that a client whose connection rests gets to say goodbye; one that sleeps would be waited for."""
_connections: Counter[str] = Counter()


class PatientProtocol(HttpToolsProtocol):
    """uvicorn's HTTP protocol, which hangs up on clients that send no request in time or open too many connections.

    uvicorn itself only times the pause after an answer.
    """

    _head_timer: asyncio.TimerHandle | None = None
    _origin = ""
    _head_bytes = 0
    _come = 0

    def connection_made(self, transport: Any) -> None:
        """Count the connection and begin to wait for the first request."""
        super().connection_made(transport)
        peer = transport.get_extra_info("peername")
        self._origin = origin(str(peer[0])) if peer else ""
        _connections[self._origin] += 1
        if _connections[self._origin] > MOST_PER_ADDRESS:
            transport.close()
        else:
            self._wait_for_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the connection."""
        self._stop_waiting()
        _connections[self._origin] -= 1
        if _connections[self._origin] <= 0:
            del _connections[self._origin]
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Something has come: a line of the head, or one after the body, that never ends must not fill the memory."""
        self._come += len(data)
        super().data_received(data)
        if self._come > LARGEST_HEAD:
            self.transport.close()

    def on_body(self, body: bytes) -> None:
        """A part of the body has come, which the application counts; its frame may be larger than itself."""
        self._come = max(0, self._come - _FRAMED * len(body))
        super().on_body(body)

    def on_message_begin(self) -> None:
        """A request has begun: its head must be complete in time."""
        super().on_message_begin()
        # What came with its first bytes may be the end of another request.
        self._head_bytes = self._come = 0
        self._stop_waiting()
        self._wait_for_head()

    def on_header(self, name: bytes, value: bytes) -> None:
        """A header field has come: all of them together must not fill the memory."""
        self._head_bytes += len(name) + len(value)
        if self._head_bytes > LARGEST_HEAD:
            self.transport.close()
        else:
            super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """The head is complete; from here on the application watches the time."""
        self._stop_waiting()
        super().on_headers_complete()

    def shutdown(self) -> None:
        """The server is being stopped: a connection that rests is not waited for, however its client takes the end."""
        if self.cycle is None or self.cycle.response_complete:
            self.loop.call_later(GOODBYE_SECONDS, self.transport.abort)
        super().shutdown()

    def _wait_for_head(self) -> None:
        self._head_timer = self.loop.call_later(HEAD_SECONDS, self.transport.close)

    def _stop_waiting(self) -> None:
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None


def run(app: Any, host: str, port: int, certificate: Path, key: Path) -> int:
    """Serve an ASGI application over TLS until SIGTERM or SIGINT; give the exit code."""
    config = configure(app)
    # The files are read before the port is taken, so that a fault in them is seen at once.
    config.load()
    config.ssl = tls(certificate, key)
    listener = listen(host, port)
    server = uvicorn.Server(config)
    try:
        server.run(sockets=[listener])
    finally:
        listener.close()
    return 0 if server.started else 3


def configure(app: Any) -> uvicorn.Config:
    """The server's settings; nothing that a client sends is believed about where it is."""
    return uvicorn.Config(
        app,
        loop="uvloop",
        http=PatientProtocol,
        ws="none",
        lifespan="on",
        interface="asgi3",
        access_log=False,
        log_level="warning",
        proxy_headers=False,
        server_header=False,
        backlog=BACKLOG,
        limit_concurrency=MOST_CONNECTIONS,
        timeout_keep_alive=IDLE_SECONDS,
        timeout_graceful_shutdown=STOP_SECONDS,
    )


def tls(certificate: Path, key: Path) -> ssl.SSLContext:
    """TLS 1.2 or newer (RFC 8996 forbids what is older)."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_cert_chain(certificate, key)
    return context


def listen(host: str, port: int) -> socket.socket:
    """Open the listening socket: one address, or every IPv6 and IPv4 address of the machine."""
    if host:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        return socket.create_server((host, port), family=family, backlog=BACKLOG)
    if socket.has_dualstack_ipv6():
        return socket.create_server(("", port), family=socket.AF_INET6, dualstack_ipv6=True, backlog=BACKLOG)
    return socket.create_server(("", port), backlog=BACKLOG)
