"""A client made of nothing but the OpenAPI document: what it is told is what it can send, and what it gets."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]
from tests.rest_app import Rest
from tests.rpc_app import running

Operation = Mapping[str, Any]


class Made:
    """A client with a method for each operation; requests and answers must fit the document."""

    def __init__(self, rest: Rest) -> None:
        self.rest = rest
        self.document = rest.get("/openapi.json")
        methods = ((path, method, it) for path, item in self.document["paths"].items() for method, it in item.items())
        self.operations = {it["operationId"]: (path, method, it) for path, method, it in methods}

    def call(self, name: str, body: Any = None, headers: Mapping[str, str] | None = None, **values: Any) -> Any:
        """Call an operation; values go where its parameters say. Give the status and what the answer holds."""
        path, method, operation = self.operations[name]
        query: dict[str, str] = {}
        for parameter in map(self._whole, operation.get("parameters", ())):
            value = values.pop(parameter["name"], None)
            assert value is not None or not parameter.get("required"), parameter["name"]
            if value is not None:
                self.check(value, parameter["schema"])
                path = path.replace(f"{{{parameter['name']}}}", quote(str(value), safe=""))
                query |= {} if parameter["in"] == "path" else {parameter["name"]: json.dumps(value).strip('"')}
        assert not values, f"{name} takes no {values}"
        if body is not None:
            self.check(body, operation["requestBody"]["content"]["application/json"]["schema"])
        answer = self.rest.send(
            method.upper(), f"{path}{'?' if query else ''}{urlencode(query)}", body, **headers or {}
        )
        return answer.status, self._read(operation, answer.status, answer.headers.get("content-type"), answer.body)

    def check(self, value: Any, schema: Any) -> None:
        """Raise when a value does not fit a schema of the document."""
        Draft202012Validator({**schema, "components": self.document["components"]}).validate(value)

    def _whole(self, part: Any) -> Any:
        if "$ref" not in part:
            return part
        found = self.document
        for word in part["$ref"].removeprefix("#/").split("/"):
            found = found[word]
        return found

    def _read(self, operation: Operation, status: int, kind: str | None, text: str) -> Any:
        responses = operation["responses"]
        content = self._whole(responses.get(str(status), responses["default"])).get("content")
        if content is None:
            assert text == ""
            return None
        value = json.loads(text)
        self.check(value, content[kind]["schema"])
        return value


@pytest.fixture
def made(peopled: Path) -> Iterator[Made]:
    with running(peopled) as rpc:
        yield Made(Rest(rpc, rpc.add_key("admin", "*", "made", "json")))


def test_every_list_and_every_resource(made: Made) -> None:
    """Each reading operation with the examples of its parameters: 200, or a problem; both as the document has them."""
    statuses = {}
    for name, (_, method, operation) in made.operations.items():
        if method == "get":
            needed = [part for part in map(made._whole, operation.get("parameters", ())) if part.get("required")]
            statuses[name] = made.call(name, **{part["name"]: _example(part["schema"]) for part in needed})[0]
    assert set(statuses.values()) <= {200, 404, 409, 422}, statuses
    assert sum(status == 200 for status in statuses.values()) > len(statuses) / 2


def _example(schema: Any) -> Any:
    return schema["examples"][0] if "examples" in schema else schema["enum"][0]


def test_from_an_account_to_its_end(made: Made) -> None:
    call: Callable[..., Any] = made.call
    new = {"user": "gen", "password": "aGoodPassword1", "email": "gen@example.org"}
    status, account = call("user.add", new)
    assert (status, account["user"], account["suspended"]) == (201, "gen", False)
    once = {"idempotency_key": "first"}
    status, site = call("web.domain.add", {"domain": "gen.test"}, once, user="gen")
    assert (status, site["domain"], site["aliases"]) == (201, "gen.test", ["www.gen.test"])
    assert call("web.domain.add", {"domain": "gen.test"}, once, user="gen") == (201, site)
    assert call("web.domain.add", {"domain": "gen.test"}, user="gen")[1]["type"] == "/problems/exists"
    status, planned = call("web.domain.delete", user="gen", domain="gen.test", dry_run=True)
    assert status == 200
    assert planned["files"]
    assert call("user.suspend", user="gen")[0] == 204
    assert call("web.domain.list", user="gen", suspended=True)[1]["total"] == 1
    assert call("user.unsuspend", user="gen")[0] == 204
    assert call("user.delete", user="gen") == (204, None)
    assert call("user.show", user="gen")[1]["type"] == "/problems/not-exist"
