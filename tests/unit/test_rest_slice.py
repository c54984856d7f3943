"""The REST API on the real edge: reading, adding, and how it refuses."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.rpc_app import Answer, Key, Rpc, running


@pytest.fixture(scope="module")
def rpc(peopled: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rpc]:
    with running(peopled, tmp_path_factory.mktemp("rest") / "node") as rpc:
        yield rpc


@pytest.fixture(scope="module")
def key(rpc: Rpc) -> Key:
    return rpc.add_key("admin", "*", "rest", "json")


def send(rpc: Rpc, key: Key | None, method: str, path: str, body: Any = None, **headers: str) -> Answer:
    if key is not None:
        headers.setdefault("authorization", f"Bearer {key.key}.{key.secret}")
    content = b"" if body is None else json.dumps(body).encode()
    return rpc.request(content, "application/json", f"/api/v2{path}", method, **headers)


def test_a_list_and_its_items(rpc: Rpc, key: Key) -> None:
    answer = send(rpc, key, "GET", "/users?limit=2")
    assert (answer.status, answer.headers["content-type"]) == (200, "application/json")
    page = json.loads(answer.body)
    assert [user["user"] for user in page["items"]] == ["admin", "alice"]
    assert (page["total"], page["next"]) == (3, "/api/v2/users?limit=2&offset=2")
    rest = json.loads(send(rpc, key, "GET", page["next"].removeprefix("/api/v2")).body)
    assert [user["user"] for user in rest["items"]] == ["bob"]
    assert rest["next"] is None


def test_a_site_is_added(rpc: Rpc, key: Key) -> None:
    answer = send(rpc, key, "POST", "/users/alice/web-domains", {"domain": "new.test", "aliases": []})
    assert answer.status == 201
    assert answer.headers["location"] == "/api/v2/users/alice/web-domains/new.test"
    again = send(rpc, key, "GET", "/users/alice/web-domains/new.test")
    assert again.body == answer.body
    assert again.headers["etag"] == answer.headers["etag"]
    assert json.loads(again.body)["suspended"] is False
    taken = send(rpc, key, "POST", "/users/alice/web-domains", {"domain": "new.test"})
    assert (taken.status, taken.headers["content-type"]) == (409, "application/problem+json")
    problem = json.loads(taken.body)
    assert (problem["type"], problem["code"], problem["argument"]) == ("/problems/exists", 4, "domain")


def test_without_a_key(rpc: Rpc) -> None:
    answer = send(rpc, None, "GET", "/users")
    assert answer.status == 401
    assert answer.headers["www-authenticate"].startswith("Bearer")
