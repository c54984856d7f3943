"""The HTTPS edge: takes requests of the RPC API, forwards each as a Call, and answers as the reference does.

Requests of the REST API are forwarded as they are.

It runs as an ordinary user and decides nothing: the engine checks credentials and rights itself. The application is
plain ASGI, because routing and request objects would cost more than the rest of an answer.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec

from tholos.edges.http_answer import BAD_BODY, Reply, refuse, reply
from tholos.edges.http_body import Bodies, BodyRefusedError, ClientGoneError, Held, read_body
from tholos.edges.http_engine import AnswerLostError, EngineClient, EngineDownError
from tholos.edges.http_request import Asked, read_request
from tholos.edges.http_rest import PREFIX as REST
from tholos.edges.http_rest import rest_refusal, rest_reply, rest_request
from tholos.edges.http_server import run
from tholos.edges.origin import origin
from tholos.kernel.log import log

Scope = Any
Receive = Any
Send = Any
ENDPOINTS = frozenset(("/api/", "/api/index.php"))
SOCKET = Path("/run/tholos/engine.sock")
TLS = Path("/etc/tholos/tls")
_MAPPED = "::ffff:"
_INERT = (
    (b"content-security-policy", b"default-src 'none'; sandbox"),
    (b"x-content-type-options", b"nosniff"),
)
"""Refusals of the RPC API repeat arguments as text/html: no browser may take an answer for a page (CSP Level 3)."""


class Edge:
    """The ASGI application."""

    def __init__(self, engine: EngineClient) -> None:
        self._engine = engine
        self._bodies = Bodies()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] == "lifespan":
            await self._live(receive, send)
            return
        try:
            answer = await self._answer(scope, receive)
        except ClientGoneError:
            return
        except Exception as error:
            # What a request held may be somebody's secret: the log gets the kind of fault alone.
            log.error("internal error", error=type(error).__name__)
            answer = refuse(500, "internal error")
        await _send(answer, send)

    async def _live(self, receive: Receive, send: Send) -> None:
        """Begin and end with the server (ASGI lifespan): the connections to the engine are closed with it."""
        await receive()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await self._engine.close()
        await send({"type": "lifespan.shutdown.complete"})

    async def _answer(self, scope: Scope, receive: Receive) -> Reply:
        path = scope["path"]
        if path.startswith(REST):
            with self._bodies.held(origin(_address(scope))) as held:
                return await self._rest(scope, receive, held)
        if path == "/api":
            return Reply(301, ((b"location", b"/api/" + _query(scope)), (b"content-type", b"text/html")), b"")
        if path not in ENDPOINTS:
            return Reply(404, ((b"content-type", b"text/plain; charset=utf-8"),), b"Not found\n")
        if scope["method"] != "POST":
            return refuse(405, BAD_BODY)
        with self._bodies.held(origin(_address(scope))) as held:
            return await self._rpc(scope, receive, held)

    async def _rpc(self, scope: Scope, receive: Receive, held: Held) -> Reply:
        headers = dict(scope["headers"])
        try:
            body = await read_body(headers, receive, held)
        except BodyRefusedError as refused:
            return refused.reply
        asked = read_request(body, headers.get(b"content-type", b"").decode("latin-1"), _address(scope))
        return refuse(405, BAD_BODY) if asked is None else await self._call(_with_key(asked, headers))

    async def _rest(self, scope: Scope, receive: Receive, held: Held) -> Reply:
        try:
            body = await read_body(dict(scope["headers"]), receive, held)
            return rest_reply(await self._engine.fetch(rest_request(scope, body, _address(scope))))
        except BodyRefusedError as refused:
            return rest_refusal(refused.reply)
        except EngineDownError:
            return rest_refusal(_engine_down())
        except AnswerLostError:
            return rest_refusal(_answer_lost())

    async def _call(self, asked: Asked) -> Reply:
        try:
            return reply(asked, await self._engine.ask(asked.call))
        except EngineDownError:
            return _engine_down()
        except AnswerLostError:
            return _answer_lost()


def _with_key(asked: Asked, headers: dict[bytes, bytes]) -> Asked:
    key = headers.get(b"idempotency-key")
    if key is None:
        return asked
    return asked._replace(call=msgspec.structs.replace(asked.call, idempotency_key=key.decode("latin-1") or " "))


def _engine_down() -> Reply:
    return refuse(503, "the Tholos engine cannot be reached", (b"retry-after", b"2"))


def _answer_lost() -> Reply:
    return refuse(502, "the Tholos engine stopped before it answered: look whether the call was carried out")


def _address(scope: Scope) -> str:
    """The peer's address; no header counts, because anybody can send any. IPv4-mapped IPv6 is written as IPv4."""
    address: str = scope["client"][0] if scope.get("client") else ""
    return address.removeprefix(_MAPPED) if "." in address else address


def _query(scope: Scope) -> bytes:
    query: bytes = scope.get("query_string", b"")
    return b"?" + query if query else b""


async def _send(answer: Reply, send: Send) -> None:
    length = () if answer.status == 204 else ((b"content-length", b"%d" % len(answer.body)),)
    headers = [*answer.headers, *_INERT, *length]
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    await send({"type": "http.response.body", "body": answer.body})


def serve(argv: Sequence[str]) -> int:
    """Serve HTTPS until told to stop; give the exit code."""
    options = _options(argv)
    engine = EngineClient(options.socket)
    return run(Edge(engine), options.host, options.port, options.cert, options.key)


def _options(argv: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="tholos edge", description="Serve the API over HTTPS.")
    parser.add_argument("--socket", type=Path, default=SOCKET, help="the engine's Unix socket")
    port = int(os.environ.get("THOLOS_PORT", "8083"))
    parser.add_argument("--port", type=int, default=port, help="the port to listen on")
    parser.add_argument("--host", default="", help="the address to listen on; all of the machine's when left out")
    parser.add_argument("--cert", type=Path, default=TLS / "certificate.crt", help="the certificate chain (PEM)")
    parser.add_argument("--key", type=Path, default=TLS / "certificate.key", help="the private key (PEM)")
    return parser.parse_args(argv)
