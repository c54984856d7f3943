"""What a GET shows may be sent: values over REST have types, where RPC has words."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

import pytest
from tests.rest_app import Rest, quiet, rest

__all__ = ["quiet", "rest"]

SITE = "/users/alice/web-domains/alice.test"


def test_a_package_is_sent_as_it_is_shown(rest: Rest) -> None:
    body: dict[str, Any] = {
        "limits": {"web_domains": 3, "disk_quota": None},
        "name_servers": ["a.ns.test", "b.ns.test"],
    }
    assert rest.send("PUT", "/packages/gold", body).status == 204
    shown = rest.get("/packages/gold")
    assert (shown["limits"]["web_domains"], shown["limits"]["disk_quota"], shown["limits"]["backups"]) == (3, None, 1)
    assert shown["name_servers"] == ["a.ns.test", "b.ns.test"]
    assert rest.problem("PUT", "/packages/gold", shown) == (409, "exists", "package")
    shown["limits"]["web_domains"], shown["backups_incremental"] = 4, True
    assert rest.send("PUT", "/packages/gold", {**shown, "rewrite": True}).status == 204
    assert rest.get("/packages/gold") == shown


def test_a_package_without_anything_is_the_default(rest: Rest) -> None:
    assert rest.send("PUT", "/packages/plain", {}).status == 204
    assert rest.get("/packages/plain")["limits"] == rest.get("/packages/default")["limits"]


@pytest.mark.parametrize(
    ("body", "argument"),
    [
        ({"limits": {"web_domains": "3"}}, "limits.web_domains"),
        ({"limits": {"web_domains": -1}}, "limits.web_domains"),
        ({"limits": {"nothing": 1}}, "limits"),
        ({"limits": 3}, "limits"),
        ({"limits": {"rate_limit": None}}, "rate_limit"),
        ({"shell": "x'\nWEB_DOMAINS='9"}, "shell"),
        ({"shell": "x' Y='z"}, "shell"),
        ({"shell": "nosuchshell"}, "shell"),
        ({"name_servers": "a.ns.test,b.ns.test"}, "name_servers"),
        ({"package": "silver"}, "package"),
        ({"rewrite": "yes"}, "rewrite"),
        ({"nothing": 1}, "nothing"),
        ({"tmpfile": "WEB_DOMAINS='3'"}, "tmpfile"),
    ],
)
def test_a_package_that_is_none_names_its_field(quiet: Rest, body: dict[str, Any], argument: str) -> None:
    status, _, named = quiet.problem("PUT", "/packages/gold", body)
    assert (status in (404, 422), named) == (True, argument)


@pytest.mark.parametrize(
    "expires",
    [
        "2030-12-31T12:00:00Z",
        "2030-12-31T14:00:00+02:00",
        "2030-12-31T12:00:00.000Z",
        "2030-12-31T04:30:00-07:30",
        "2030-12-31T12:00Z",
    ],
)
def test_a_key_ends_at_a_moment_with_an_offset(rest: Rest, expires: str) -> None:
    answer = rest.send("POST", "/access-keys", {"user": "admin", "expires": expires})
    assert answer.status == 201, answer.body
    shown = json.loads(answer.body)["expires"]
    assert datetime.fromisoformat(shown) == datetime.fromisoformat("2030-12-31T12:00:00+00:00")
    again = rest.send("POST", "/access-keys", {"user": "admin", "expires": shown})
    assert json.loads(again.body)["expires"] == shown


@pytest.mark.parametrize("expires", ["9999-12-31T23:59:59-12:00", "2030-12-31T12:00:00+99:00", "2030-02-30T12:00:00Z"])
def test_a_moment_that_there_is_not_is_refused(quiet: Rest, expires: str) -> None:
    assert quiet.problem("POST", "/access-keys", {"user": "admin", "expires": expires}) == (422, "invalid", "expires")


def test_the_listing_of_a_site_is_on_or_off(rest: Rest) -> None:
    for listed in (True, False):
        assert rest.send("PUT", f"{SITE}/listing", {"mode": listed}).status == 204
        assert rest.get(SITE)["directory_listing"] is listed
    assert rest.problem("PUT", f"{SITE}/listing", {"mode": "on"}) == (422, "invalid", "mode")


def test_a_value_may_be_a_number(rest: Rest) -> None:
    for value in (500, "500"):
        assert rest.send("PUT", "/users/alice/values/DISK_QUOTA", {"value": value}).status == 204
        assert rest.get("/users/alice")["limits"]["disk_quota"] == 500
    assert rest.problem("PUT", "/users/alice/values/DISK_QUOTA", {"value": True}) == (422, "invalid", "value")


def test_extensions_and_character_sets_are_lists(rest: Rest) -> None:
    site = {"domain": "x.test", "proxy_extensions": ["jpg", "png"]}
    assert json.loads(rest.send("POST", "/users/alice/web-domains", site).body)["proxy_extensions"] == ["jpg", "png"]
    assert rest.send("POST", "/users/alice/web-domains", {"domain": "y.test", "proxy_extensions": []}).status == 201
    wrong = {"domain": "z.test", "proxy_extensions": "jpg,png"}
    assert rest.problem("POST", "/users/alice/web-domains", wrong) == (422, "invalid", "proxy_extensions")
    rest.rpc.set(DB_SYSTEM="mysql")
    server = {"type": "mysql", "host": "localhost", "dbuser": "root", "dbpass": "x", "charsets": ["UTF8", "LATIN1"]}
    assert rest.send("POST", "/database-servers", server).status == 204
    assert rest.get("/database-servers/mysql/localhost")["charsets"] == ["UTF8", "LATIN1"]


NAME_SERVERS = "/users/alice/name-servers"


def test_name_servers_are_sent_as_they_are_shown(rest: Rest) -> None:
    servers = ["a.ns.test", "b.ns.test", "c.ns.test"]
    assert rest.send("PUT", NAME_SERVERS, {"name_servers": servers}).status == 204
    shown = rest.get("/users/alice")
    assert shown["name_servers"] == rest.get(NAME_SERVERS)["items"] == servers
    assert rest.send("PUT", NAME_SERVERS, {"name_servers": shown["name_servers"]}).status == 204
    assert rest.get("/users/alice") == shown


def test_a_zone_takes_its_name_servers_as_a_list(rest: Rest) -> None:
    rest.rpc.set(DNS_SYSTEM="bind9")
    servers = ["a.ns.test", "b.ns.test", "c.ns.test"]
    zone = {"domain": "listed.test", "ip": "198.18.0.1", "name_servers": servers}
    assert rest.send("POST", "/users/alice/dns-domains", zone).status == 201
    records = rest.get("/users/alice/dns-domains/listed.test/records?type=NS")["items"]
    assert [record["value"] for record in records] == [f"{server}." for server in servers]


@pytest.mark.parametrize(
    ("body", "argument"),
    [
        ({}, "name_servers"),
        ({"name_servers": "a.ns.test,b.ns.test"}, "name_servers"),
        ({"name_servers": ["a.ns.test"]}, "name_servers"),
        ({"name_servers": [f"{sign}.ns.test" for sign in "abcdefghi"]}, "name_servers"),
        ({"name_servers": ["a.ns.test", "no name"]}, "name_servers"),
        ({"name_servers": ["a.ns.test", ""]}, "name_servers"),
        ({"name_servers": ["a.ns.test", 2]}, "name_servers"),
        ({"ns1": "a.ns.test", "ns2": "b.ns.test"}, "ns1"),
    ],
)
def test_name_servers_that_are_none_are_refused(quiet: Rest, body: dict[str, Any], argument: str) -> None:
    assert quiet.problem("PUT", NAME_SERVERS, body) == (422, "invalid", argument)


def test_the_document_says_how_many_name_servers_there_are(quiet: Rest) -> None:
    paths = quiet.get("/openapi.json")["paths"]
    for method, path, required in (
        ("put", "/users/{user}/name-servers", True),
        ("post", "/users/{user}/dns-domains", False),
    ):
        schema = paths[path][method]["requestBody"]["content"]["application/json"]["schema"]
        found = schema["properties"]["name_servers"]
        assert (found["type"], found["minItems"], found["maxItems"], found["items"]["type"]) == (
            "array",
            2,
            8,
            "string",
        )
        assert ("name_servers" in schema.get("required", []), "ns1" in schema["properties"]) == (required, False)
