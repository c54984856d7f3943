"""What tests of the REST API send with."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.rpc_app import Answer, Key, Rpc, running


class Rest:
    """A client of the REST API with an access key, or without one."""

    def __init__(self, rpc: Rpc, key: Key | None) -> None:
        self.rpc = rpc
        self.key = key

    def send(self, method: str, path: str, body: Any = None, **headers: str) -> Answer:
        """Send a request; underscores in the names of headers stand for dashes."""
        if self.key is not None:
            headers.setdefault("authorization", f"Bearer {self.key.key}.{self.key.secret}")
        content = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        headers.setdefault("content_type", "application/json")
        return self.rpc.request(content, headers.pop("content_type"), f"/api/v2{path}", method, **headers)

    def get(self, path: str, **headers: str) -> Any:
        """The JSON at a path, which must be there."""
        answer = self.send("GET", path, **headers)
        assert answer.status == 200, answer.body
        return json.loads(answer.body)

    def problem(self, method: str, path: str, body: Any = None, **headers: str) -> tuple[int, str, str | None]:
        """The status, the kind and the argument of a problem."""
        answer = self.send(method, path, body, **headers)
        assert answer.headers["content-type"] == "application/problem+json", answer
        details = json.loads(answer.body)
        assert details["status"] == answer.status
        return answer.status, details["type"].removeprefix("/problems/"), details.get("argument")


@pytest.fixture
def rest(peopled: Path) -> Iterator[Rest]:
    """A client with a key of all rights."""
    with running(peopled) as rpc:
        yield Rest(rpc, rpc.add_key("admin", "*", "rest", "json"))


@pytest.fixture(scope="module")
def quiet(peopled: Path) -> Iterator[Rest]:
    """As ``rest``, for requests that change nothing: one for all of them."""
    with running(peopled) as rpc:
        yield Rest(rpc, rpc.add_key("admin", "*", "rest", "json"))
