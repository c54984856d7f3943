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
    made = rest.send("POST", "/database-servers", server)
    assert (made.status, made.headers["location"]) == (201, "/api/v2/database-servers/mysql/localhost")
    assert json.loads(made.body) == rest.get("/database-servers/mysql/localhost")
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


ZONE = {"domain": "alice.test", "ip": "198.18.0.1"}
RECORDS = "/users/alice/dns-domains/alice.test/records"
MX = {"record": "@", "type": "MX", "value": "mail.alice.test.", "priority": 5}


def _record(rest: Rest, body: dict[str, Any]) -> str:
    """Make a record, see that the answer is what a GET gives, and give its path."""
    made = rest.send("POST", RECORDS, body)
    assert made.status == 201, made.body
    path = made.headers["location"].removeprefix("/api/v2")
    shown = rest.send("GET", path)
    assert (shown.body, shown.headers["etag"]) == (made.body, made.headers["etag"])
    return path


def test_a_record_has_an_address_of_its_own(rest: Rest) -> None:
    assert rest.send("POST", "/users/alice/dns-domains", ZONE).status == 201
    path = _record(rest, MX)
    shown = rest.get(path)
    assert {name: shown[name] for name in MX} == MX
    assert path == f"{RECORDS}/{shown['id']}"
    assert shown in rest.get(RECORDS)["items"]
    tag = rest.send("GET", path).headers["etag"]
    assert rest.send("PUT", path, MX | {"priority": 7}, if_match=tag).status == 204
    assert rest.problem("PUT", path, MX | {"priority": 8}, if_match=tag)[:2] == (412, "precondition-failed")
    assert rest.get(path)["priority"] == 7
    assert rest.send("DELETE", path).status == 204
    assert rest.problem("GET", path) == (404, "not-exist", "id")


def test_a_record_is_sent_as_it_is_shown(rest: Rest) -> None:
    assert rest.send("POST", "/users/alice/dns-domains", ZONE).status == 201
    for body in (MX, {"record": "host", "type": "A", "value": "198.18.0.7", "priority": None, "ttl": None}):
        path = _record(rest, body)
        before = rest.get(path)
        same = {name: before[name] for name in ("record", "type", "value", "priority", "ttl")}
        assert rest.send("PUT", path, same).status == 204
        assert rest.get(path) == before
        assert rest.send("PUT", path, same | {"ttl": 300}).status == 204
        assert rest.get(path)["ttl"] == 300
        assert rest.send("PUT", path, {name: value for name, value in same.items() if name != "ttl"}).status == 204
        assert rest.get(path)["ttl"] == 300, "what is left out is kept"
        assert rest.send("PUT", path, same).status == 204
        assert rest.get(path)["ttl"] is None


def test_a_priority_is_a_number(rest: Rest) -> None:
    assert rest.send("POST", "/users/alice/dns-domains", ZONE).status == 201
    for wrong in ("5", 5.5, True, [5]):
        assert rest.problem("POST", RECORDS, MX | {"priority": wrong}) == (422, "invalid", "priority")
    assert rest.problem("POST", RECORDS, MX | {"priority": 65_536})[:2] == (422, "invalid")
    schema = rest.get("/openapi.json")["paths"][
        f"{RECORDS.replace('alice.test', '{domain}').replace('alice', '{user}')}"
    ]
    priority = schema["post"]["requestBody"]["content"]["application/json"]["schema"]["properties"]["priority"]
    assert (priority["type"], priority["minimum"], priority["maximum"]) == (["integer", "null"], 0, 65_535)


def test_a_record_without_a_ttl_of_its_own_is_asked_for_by_a_word_too(rest: Rest) -> None:
    assert rest.send("POST", "/users/alice/dns-domains", ZONE).status == 201
    path = _record(rest, MX | {"ttl": 300})
    number = path.rpartition("/")[2]
    told = ("v-change-dns-record", "alice", "alice.test", number, "@", "MX", "mail.alice.test.", "5", "")
    assert rest.rpc.run(*told)[0] == 4
    assert rest.rpc.run(*told, "none")[0] == 0
    assert rest.get(path)["ttl"] is None


def test_null_takes_away_what_may_be_none(rest: Rest) -> None:
    for path, field, value, shown in (
        ("/users/alice/language", "language", "de", "language"),
        ("/users/alice/theme", "theme", "dark", "theme"),
    ):
        for sent in (value, None):
            assert rest.send("PUT", path, {field: sent}).status == 204
            assert rest.get("/users/alice")[shown] == sent
    for path, field, value, shown in (
        ("/addresses/198.18.0.1/nat", "nat_ip", "203.0.113.7", "nat"),
        ("/addresses/198.18.0.1/name", "name", "ip1.example.org", "name"),
    ):
        for sent in (value, None):
            assert rest.send("PUT", path, {field: sent}).status == 204
            assert rest.get("/addresses/198.18.0.1")[shown] == sent
    assert rest.problem("PUT", "/users/alice/shell", {"shell": None}) == (422, "invalid", "shell")


@pytest.mark.parametrize(
    ("key", "value", "shown"),
    [
        ("WEB_DOMAINS", None, "limits web_domains"),
        ("WEB_DOMAINS", 5, "limits web_domains"),
        ("CPU_QUOTA", None, "limits cpu_quota"),
        ("LOGIN_DISABLED", True, "login_disabled"),
        ("LOGIN_ALLOW_IPS", ["198.51.100.0/24", "2001:db8::1"], "login_addresses"),
        ("LOGIN_ALLOW_IPS", [], "login_addresses"),
        ("LANGUAGE", None, "language"),
    ],
)
def test_a_single_value_has_the_type_that_is_shown(rest: Rest, key: str, value: Any, shown: str) -> None:
    assert rest.send("PUT", f"/users/alice/values/{key}", {"value": value}).status == 204
    found = rest.get("/users/alice")
    for name in shown.split():
        found = found[name]
    assert found == value


@pytest.mark.parametrize(
    ("key", "value"),
    [("WEB_DOMAINS", True), ("WEB_DOMAINS", [3]), ("LOGIN_DISABLED", 1), ("LANGUAGE", ["de"]), ("CONTACT", {})],
)
def test_a_single_value_of_another_type_is_refused(quiet: Rest, key: str, value: Any) -> None:
    assert quiet.problem("PUT", f"/users/alice/values/{key}", {"value": value}) == (422, "invalid", "value")


def test_settings_have_types(rest: Rest) -> None:
    for key, value in (
        ("POLICY_SYSTEM_PASSWORD_RESET", False),
        ("DEBUG_MODE", True),
        ("INACTIVE_SESSION_TIMEOUT", 30),
        ("DB_SYSTEM", ["mysql", "pgsql"]),
        ("TITLE", "a title"),
        ("TITLE", None),
    ):
        assert rest.send("PUT", f"/settings/{key}", {"value": value}).status == 204
        assert rest.get("/settings")["settings"][key] == value
    assert rest.rpc.run("v-list-sys-config", "json")[1].count('"DEBUG_MODE": "true"') == 1
    for key, wrong in (
        ("DEBUG_MODE", 1),
        ("INACTIVE_SESSION_TIMEOUT", True),
        ("TITLE", 5),
        ("TITLE", ["a"]),
        ("SMTP_RELAY_PASSWD", None),
    ):
        assert rest.problem("PUT", f"/settings/{key}", {"value": wrong}) == (422, "invalid", "value")


def test_a_redirect_is_sent_as_it_is_shown(rest: Rest) -> None:
    wanted = {"target": "www.example.org", "code": 302}
    assert rest.send("PUT", f"{SITE}/redirect", {"redirect": wanted}).status == 204
    assert rest.get(SITE)["redirect"] == wanted
    for wrong in ({"code": 302}, {"target": "www.example.org", "other": 1}, {"target": 5}):
        assert rest.problem("PUT", f"{SITE}/redirect", {"redirect": wrong})[:2] == (422, "invalid")
    assert rest.problem("PUT", f"{SITE}/redirect", {"redirect": wanted, "httpcode": 301}) == (
        422,
        "invalid",
        "httpcode",
    )


def test_ports_are_numbers(quiet: Rest) -> None:
    assert all(isinstance(port, int) for port in quiet.get("/system/sshd-ports")["items"])
    answer = quiet.get("/openapi.json")["paths"]["/system/sshd-ports"]["get"]["responses"]["200"]
    assert answer["content"]["application/json"]["schema"]["properties"]["items"]["items"] == {"type": "integer"}


def test_a_key_for_all_addresses_is_asked_for_as_it_is_shown(rest: Rest) -> None:
    body: dict[str, Any] = {"user": "admin", "addresses": [], "comment": None, "expires": None}
    assert json.loads(rest.send("POST", "/access-keys", body).body)["addresses"] == []


def test_names_of_databases_are_taken_whole_as_they_are_shown(rest: Rest) -> None:
    rest.rpc.set(DB_SYSTEM="mysql")
    server = {"type": "mysql", "host": "localhost", "dbuser": "root", "dbpass": "socket"}
    assert rest.send("POST", "/database-servers", server).status == 201
    for given, name in (("shop", "alice_shop"), ("alice_blog", "alice_blog"), ("alice_", "alice_alice_")):
        body = {"database": given, "dbuser": given, "dbpass": "aGoodPassword1"}
        made = rest.send("POST", "/users/alice/databases", body)
        assert (made.status, json.loads(made.body)["dbuser"]) == (201, name)
        assert rest.get(f"/users/alice/databases/{name}")["database"] == name
    path = "/users/alice/databases/alice_shop"
    assert rest.send("PUT", f"{path}/login", {"dbuser": "alice_shop"}).status == 204
    assert rest.send("PUT", f"{path}/login", {"dbuser": "alice_other"}).status == 204
    assert rest.get(path)["dbuser"] == "alice_other"
    assert rest.rpc.run("v-change-database-user", "alice", "alice_shop", "other") == (
        4,
        "Error: DBUSER=alice_other already exists\n",
    )
