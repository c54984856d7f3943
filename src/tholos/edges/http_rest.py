"""The REST API as the HTTPS edge sees it: a request goes to the engine as it came, and its answer comes back."""

from __future__ import annotations

from typing import Any

import msgspec

from tholos.edges.http_answer import Reply
from tholos.kernel.call import REST_HEADERS, HttpRequest, HttpResponse

PREFIX = "/api/v2/"
_KNOWN = frozenset(name.encode() for name in REST_HEADERS)
_KEPT = (b"retry-after", b"connection")


def rest_request(scope: Any, body: bytes, address: str) -> HttpRequest:
    """The request as the engine wants it."""
    headers: dict[str, str] = {}
    for name, value in scope["headers"]:
        if name in _KNOWN:
            known, text = name.decode(), value.decode("latin-1")
            headers[known] = f"{headers[known]}, {text}" if known in headers else text
    path = scope["raw_path"].decode("latin-1").removeprefix(PREFIX[:-1])
    query = scope.get("query_string", b"").decode("latin-1")
    return HttpRequest(scope["method"], path, query, headers, body, address)


def rest_reply(answer: HttpResponse) -> Reply:
    """The engine's answer as it goes over the wire."""
    headers = tuple((name.encode("latin-1"), value.encode("latin-1")) for name, value in answer.headers)
    return Reply(answer.status, headers, answer.body)


def rest_refusal(reply: Reply) -> Reply:
    """A refusal of the edge itself, as problem details (RFC 9457)."""
    detail = reply.body.decode().removeprefix("Error: ")
    problem = {"type": "about:blank", "title": detail, "status": reply.status, "detail": detail}
    kept = tuple(header for header in reply.headers if header[0] in _KEPT)
    return Reply(reply.status, ((b"content-type", b"application/problem+json"), *kept), msgspec.json.encode(problem))
