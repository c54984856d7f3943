"""Reading over REST on the real edge: types, pages, filters, tags, and how a request that cannot be read is refused."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.rest_app import Rest
from tests.rpc_app import Key, running

RFC3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:Z|[+-]\d\d:\d\d)")


@pytest.fixture(scope="module")
def rest(peopled: Path) -> Iterator[Rest]:
    with running(peopled) as rpc:
        yield Rest(rpc, rpc.add_key("admin", "*", "rest", "json"))


def test_values_have_their_types(rest: Rest) -> None:
    alice = rest.get("/users/alice")
    assert (alice["user"], alice["suspended"], alice["usage"]["web_domains"]) == ("alice", False, 1)
    assert alice["limits"]["web_domains"] is None
    assert isinstance(alice["limits"]["backups"], int)
    assert alice["name_servers"] == ["ns1.domain.tld", "ns2.domain.tld"]
    assert RFC3339.fullmatch(alice["created"])


def test_no_secret_is_among_the_values(rest: Rest) -> None:
    shown = json.dumps([rest.get("/users"), rest.get("/access-keys"), rest.get("/settings")])
    for word in ("$y$", "recovery", "hash"):
        assert word not in shown
    assert {key["secret_access_key"] for key in rest.get("/access-keys")["items"]} == {None}


def test_a_list_in_pages(rest: Rest) -> None:
    page = rest.get("/users?limit=2")
    assert [user["user"] for user in page["items"]] == ["admin", "alice"]
    assert (page["total"], page["next"]) == (3, "/api/v2/users?limit=2&offset=2")
    last = rest.get(page["next"].removeprefix("/api/v2"))
    assert ([user["user"] for user in last["items"]], last["next"]) == (["bob"], None)
    assert rest.get("/users?offset=9") == {"items": [], "total": 3, "next": None}


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("suspended=true", ["bob"]),
        ("suspended=false", ["admin", "alice"]),
        ("suspended=false&role=user", ["alice"]),
        ("package=system&limit=1", ["bob"]),
        ("name_servers=ns1.domain.tld&user=alice", ["alice"]),
        ("email=nobody@example.org", []),
    ],
)
def test_a_list_is_filtered(rest: Rest, query: str, found: list[str]) -> None:
    page = rest.get(f"/users?{query}")
    assert ([user["user"] for user in page["items"]], page["total"]) == (found, len(found))


def test_a_filter_stays_in_the_next_page(rest: Rest) -> None:
    page = rest.get("/users?suspended=false&limit=1")
    assert page["next"] == "/api/v2/users?suspended=false&limit=1&offset=1"
    assert [user["user"] for user in rest.get(page["next"].removeprefix("/api/v2"))["items"]] == ["alice"]


@pytest.mark.parametrize(
    ("path", "argument"),
    [
        ("/users?nose=big", "nose"),
        ("/users?suspended=maybe", "suspended"),
        ("/users?limit=0", "limit"),
        ("/users?limit=501", "limit"),
        ("/users?limit=ten", "limit"),
        ("/users?offset=-1", "offset"),
        ("/users/alice?suspended=true", "suspended"),
        ("/access-keys?secret_access_key=x", "secret_access_key"),
        ("/users/alice/web-domains/alice.test/access-log?lines=many", "lines"),
    ],
)
def test_a_bad_query_names_its_parameter(rest: Rest, path: str, argument: str) -> None:
    assert rest.problem("GET", path) == (422, "invalid", argument)


def test_tags(rest: Rest) -> None:
    answer = rest.send("GET", "/users/alice")
    tag = answer.headers["etag"]
    assert rest.send("GET", "/users/alice").headers["etag"] == tag
    for shown in (tag, f'"x", {tag}', f"W/{tag}", "*"):
        same = rest.send("GET", "/users/alice", if_none_match=shown)
        assert (same.status, same.body, same.headers["etag"]) == (304, "", tag)
    assert rest.send("GET", "/users/alice", if_none_match='"x"').status == 200
    rest.rpc.run("v-change-user-name", "alice", "Changed")
    assert rest.send("GET", "/users/alice", if_none_match=tag).status == 200


def test_head_is_get_without_a_body(rest: Rest) -> None:
    head, get = rest.send("HEAD", "/users/alice"), rest.send("GET", "/users/alice")
    assert (head.status, head.body, head.headers["etag"]) == (200, "", get.headers["etag"])
    assert head.headers["content-length"] == get.headers["content-length"]


@pytest.mark.parametrize("path", ["/", "/nowhere", "/users/", "/users/alice/", "/users//web-domains", "/%2Fusers"])
def test_a_path_that_is_none(rest: Rest, path: str) -> None:
    assert rest.problem("GET", path) == (404, "not-found", None)


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("DELETE", "/users", "GET, HEAD, POST"),
        ("PATCH", "/users/alice", "DELETE, GET, HEAD"),
        ("OPTIONS", "/whoami", "GET, HEAD"),
        ("POST", "/openapi.json", "GET, HEAD"),
    ],
)
def test_a_method_that_is_none(rest: Rest, method: str, path: str, allowed: str) -> None:
    answer = rest.send(method, path)
    assert (answer.status, answer.headers["allow"]) == (405, allowed)


def test_what_is_missing_is_404(rest: Rest) -> None:
    assert rest.problem("GET", "/users/nobody") == (404, "not-exist", "user")
    assert rest.problem("GET", "/users/alice/web-domains/none.test") == (404, "not-exist", "domain")


def test_a_path_is_decoded_part_by_part(rest: Rest) -> None:
    assert rest.get("/users/%61lice")["user"] == "alice"
    assert rest.problem("GET", "/users/alice%2Fweb-domains")[0] == 422
    assert rest.problem("GET", "/users/%00")[0] == 422


def _basic(key: Key) -> str:
    return "Basic " + base64.b64encode(f"{key.key}:{key.secret}".encode()).decode()


def test_ways_of_authenticating(rest: Rest) -> None:
    key = rest.key
    assert key is not None
    for shown in (f"Bearer {key.key}.{key.secret}", f"bearer {key.key}:{key.secret}", _basic(key)):
        assert rest.send("GET", "/whoami", authorization=shown).status == 200
    for shown in ("", "Bearer", "Bearer x", f"Bearer {key.key}", f"Bearer {key.key}.wrong", "Basic %%%", "Basic eA=="):
        rest.rpc.engine.gate.login.limit.succeeded("127.0.0.1", f"key {key.key}")
        answer = rest.send("GET", "/whoami", authorization=shown)
        assert (answer.status, json.loads(answer.body)["type"]) == (401, "/problems/unauthenticated")
        assert answer.headers["www-authenticate"].startswith("Bearer ")


def test_whoami(rest: Rest) -> None:
    found = rest.get("/whoami")
    assert (found["user"], found["administrator"], found["profiles"]) == ("admin", True, None)
    assert (found["address"], found["addresses"], found["expires"]) == ("127.0.0.1", None, None)
    paths = rest.get("/openapi.json")["paths"].values()
    assert found["operations"] == sorted({one["operationId"] for path in paths for one in path.values()} - {"whoami"})
    key = rest.rpc.add_key("alice", "purge-nginx-cache", "of alice", "json", "2099-01-01", "127.0.0.0/8")
    mine = Rest(rest.rpc, key).get("/whoami")
    assert (mine["administrator"], mine["profiles"], mine["addresses"]) == (
        False,
        ["purge-nginx-cache"],
        ["127.0.0.0/8"],
    )
    assert "user.add" not in mine["operations"]
    assert RFC3339.fullmatch(mine["expires"])


def test_switches_hold_here_too(rest: Rest) -> None:
    for settings, status, kind in (
        ({"API_SYSTEM": "0"}, 403, "api-disabled"),
        ({"API_ALLOWED_IP": "198.51.100.1"}, 403, "forbidden"),
        ({"API_ENDPOINT": "removed"}, 404, "not-found"),
    ):
        rest.rpc.set(**settings)
        assert rest.problem("GET", "/users")[:2] == (status, kind)
        rest.rpc.set(API_SYSTEM="2", API_ALLOWED_IP="allow-all", API_ENDPOINT="")


def test_too_many_failed_logins(rest: Rest) -> None:
    wrong = Rest(rest.rpc, Key("a" * 20, "b" * 40))
    for _ in range(20):
        wrong.send("GET", "/users")
    answer = wrong.send("GET", "/users")
    rest.rpc.engine.gate.login.limit.succeeded("127.0.0.1", "")
    assert (answer.status, json.loads(answer.body)["type"]) == (429, "/problems/too-many-logins")
    assert 0 < int(answer.headers["retry-after"]) <= 300


def test_the_edge_says_as_a_problem_that_the_engine_is_down(rest: Rest) -> None:
    for connection in rest.rpc.connections():
        connection.close()
    rest.rpc.stop_socket()
    answer = rest.send("GET", "/users")
    rest.rpc.start_socket()
    assert answer.status in (502, 503)
    assert answer.headers["content-type"] == "application/problem+json"


def test_the_edge_refuses_a_huge_body_as_a_problem(rest: Rest) -> None:
    answer = rest.send("POST", "/users", b" " * (5 * 1024 * 1024))
    assert (answer.status, answer.headers["content-type"]) == (413, "application/problem+json")
    assert json.loads(answer.body)["status"] == 413


def test_no_answer_is_a_page(rest: Rest) -> None:
    for path in ("/users", "/nowhere", "/openapi.json"):
        headers = rest.send("GET", path).headers
        assert headers["content-security-policy"] == "default-src 'none'; sandbox"
        assert headers["x-content-type-options"] == "nosniff"


def test_the_document_needs_no_key(rest: Rest) -> None:
    answer = Rest(rest.rpc, None).send("GET", "/openapi.json")
    assert json.loads(answer.body)["openapi"] == "3.1.0"
    assert Rest(rest.rpc, None).send("GET", "/openapi.json", if_none_match=answer.headers["etag"]).status == 304
