"""What a GET shows may be sent back: every field of every body that has the name of a field that is shown.

A new command is covered by being declared.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert
from tests.every import every
from tests.rest_app import Rest
from tests.rpc_app import running

from tholos.apply.writer import Work
from tholos.bootstrap import ROOT
from tholos.edges.rest.openapi import document
from tholos.edges.rest.routes import PREFIX, Route, Routes
from tholos.kernel.command import COMMANDS, load
from tholos.kernel.tx import Tx
from tholos.resources.cluster.model import MEMBER, dns_hosts
from tholos.resources.system.setting_kinds import is_secret
from tholos.resources.user.value import WRITABLE

load()
ROUTES = Routes(COMMANDS.values())
DOCUMENT: dict[str, Any] = json.loads(document(ROUTES))
Schema = dict[str, Any]
ANOTHER = {
    ("access.api.change", "version"): "It is a version of the API; the node shows the version of the program.",
    ("user.ssh_key.add", "key"): "The list shows by what name a key is taken away.",
    ("web.redirect.add", "redirect"): "Null is no redirect, and that is what DELETE makes.",
}
"""Fields that are not sent back as they are shown, and why."""


def _resource(route: Route) -> tuple[Route, Schema] | None:
    """What shows the thing that a request is about, and its schema."""
    seen = ROUTES.item_of(route) if route.method == "POST" else None
    if seen is None:
        found = ROUTES.reading(route, route.path)
        seen = found[0] if found else None
    kind = seen.command.resource if seen else None
    return (seen, DOCUMENT["components"]["schemas"][kind.__name__]) if seen and kind not in (None, str, int) else None


def _body(route: Route) -> dict[str, Schema]:
    operation = DOCUMENT["paths"][route.path][route.method.lower()]
    found = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
    properties: dict[str, Schema] = found.get("properties", {})
    return properties


CHANGES = [route for route in ROUTES.all if route.command.changes and _body(route) and _resource(route)]


def _same(route: Route) -> Iterator[tuple[str, Schema, Schema]]:
    """The fields that are taken and shown: the name, how it is shown, and how it is taken."""
    found = _resource(route)
    assert found is not None
    for name, taken in _body(route).items():
        if name in found[1]["properties"] and not taken.get("readOnly"):
            yield name, found[1]["properties"][name], taken


def _kinds(schema: Schema) -> set[str]:
    """The JSON types that a schema lets pass."""
    if "$ref" in schema:
        return _kinds(DOCUMENT["components"]["schemas"][schema["$ref"].rpartition("/")[2]])
    if "anyOf" in schema:
        return set().union(*map(_kinds, schema["anyOf"]))
    if "type" not in schema:
        return {"string" if word is not None else "null" for word in schema["enum"]}
    return {schema["type"]} if isinstance(schema["type"], str) else set(schema["type"])


@every({route.command.name: route for route in CHANGES})
def test_a_field_is_declared_with_the_types_that_it_is_shown_with(route: Route) -> None:
    for name, shown, taken in _same(route):
        if (route.command.name, name) not in ANOTHER:
            assert _kinds(shown) <= _kinds(taken), f"{name} is shown as {_kinds(shown)} and taken as {_kinds(taken)}"


def test_what_is_excused_is_there() -> None:
    assert set(ANOTHER) <= {(route.command.name, name) for route in CHANGES for name, *_ in _same(route)}


LINES = """\
v-change-user-config-value alice CONTACT alice@example.net
v-change-user-config-value alice LOGIN_ALLOW_IPS 198.51.100.0/24,2001:db8::1
v-change-user-config-value alice CPU_QUOTA 20%
v-add-web-domain-redirect alice alice.test www.alice.test 302
v-add-web-domain-httpauth alice alice.test visitor aGoodPassword1
v-add-dns-domain alice alice.test 198.18.0.1
v-add-dns-record alice alice.test @ MX mail.alice.test. 5 40
v-add-dns-record alice alice.test host A 198.18.0.7
v-add-cron-job alice 1 2 3 4 5 true
v-change-sys-config-value DB_SYSTEM mysql
v-add-database-host mysql localhost root socket
v-add-database alice shop shop aGoodPassword1 mysql
v-add-user-notification alice topic notice
v-log-user-login alice 198.18.0.9 success
v-log-user-login alice 198.18.0.9
v-add-dns-primary 198.51.100.7 0123456789ab.01234567:MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=
v-add-dns-secondary 198.51.100.8"""
NAMES = {
    "ip": "198.18.0.1",
    "user": "alice",
    "domain": "alice.test",
    "type": "mysql",
    "host": "localhost",
    "auth_user": "visitor",
    "database": "alice_shop",
    "job": "1",
    "package": "default",
    "id": "40",
}
"""What stands in paths where the example of the type is nothing that there is."""


@pytest.fixture(scope="module")
def rest(peopled: Path) -> Iterator[Rest]:
    with running(peopled) as rpc:
        for line in LINES.splitlines():
            code, text = rpc.run(*line.split())
            assert code == 0, (line, text)
        work = Work(_add_host, rpc.engine.dispatcher.context(ROOT, "127.0.0.1"))
        rpc.engine.writer.submit(work).result()
        yield Rest(rpc, rpc.add_key("admin", "*", "test", "json"))


def _add_host(tx: Tx) -> None:
    """A server of the cluster that nobody calls."""
    values = {"host": "198.18.0.20", "port": 8083, "account": "dns-cluster", "type": "api", "secret": "x:y"}
    tx.execute(insert(dns_hosts).values(phase=MEMBER, suspended=True, created=tx.context.now, **values))


SENT_BACK = [
    route
    for route in CHANGES
    if route.method != "DELETE" and any((route.command.name, name) not in ANOTHER for name, *_ in _same(route))
]


@pytest.mark.parametrize("route", SENT_BACK, ids=lambda route: route.command.name)
def test_what_is_shown_is_taken(rest: Rest, route: Route) -> None:
    found = _resource(route)
    assert found is not None
    seen = found[0]
    slots = {slot.name: slot.example for slot in (*route.command.parameters, *seen.command.parameters)}
    assert rest.key is not None
    names = slots | NAMES | {"access_key_id": rest.key.key}
    path = seen.at(names).removeprefix(PREFIX)
    items = rest.get(path)["items"] if seen.many else [rest.get(path)]
    if seen.command.name == "dns.record.show":
        items = rest.get(path.rpartition("/")[0])["items"]
    assert items, f"nothing is at {path}: the lines above make none"
    for item in items:
        _send_back(rest, route, item, names)


def _send_back(rest: Rest, route: Route, item: dict[str, Any], names: dict[str, str]) -> None:
    same = {name for name, *_ in _same(route) if (route.command.name, name) not in ANOTHER}
    required = [field for field in route.fields if field.required and field.name not in same]
    examples = {field.name: _body(route)[field.name]["examples"][0] for field in required if field.name in _body(route)}
    placed = {name: str(item[name]) for name in route.names if name in item}
    target = route.at(names | placed).removeprefix(PREFIX)
    answer = rest.send(route.method, f"{target}?dry_run=true", {name: item[name] for name in same} | examples)
    assert answer.status not in (400, 422), (target, {name: item[name] for name in same}, answer.body)
    assert answer.status < 500, answer.body


ANEW = {
    "dns.template.change": "The zone gets the records of the template again.",
    "package.add": "A package that there is is not replaced.",
    "user.package.change": "The account gets what the package gives again.",
}
"""What a PUT changes though it is sent what is so already, and why."""
SET_AGAIN = [route for route in SENT_BACK if route.method == "PUT" and route.command.name not in ANEW]


@pytest.mark.parametrize("route", SET_AGAIN, ids=lambda route: route.command.name)
def test_what_is_shown_is_set_again_and_nothing_is_another(rest: Rest, route: Route) -> None:
    found = _resource(route)
    assert found is not None
    slots = {slot.name: slot.example for slot in (*route.command.parameters, *found[0].command.parameters)}
    path = found[0].at(slots | NAMES).removeprefix(PREFIX)
    same = {name for name, *_ in _same(route) if (route.command.name, name) not in ANOTHER}
    before = rest.get(path)
    for item in before["items"] if found[0].many else [before]:
        placed = {name: str(item[name]) for name in route.names if name in item}
        target = route.at(slots | NAMES | placed).removeprefix(PREFIX)
        answer = rest.send("PUT", target, {name: item[name] for name in same})
        assert answer.status == 204 or "/problems/disabled" in answer.body, (target, answer.body)
    assert _lasting(rest.get(path)) == _lasting(before)


def _lasting(shown: Any) -> Any:
    """What is shown without the times of changes and numbers of versions."""
    if isinstance(shown, list):
        return [_lasting(part) for part in shown]
    if isinstance(shown, dict):
        return {name: _lasting(part) for name, part in shown.items() if name not in ("created", "serial")}
    return shown


VALUES = {
    "BACKUPS_INCREMENTAL": "backups_incremental",
    "CONTACT": "email",
    "CRON_REPORTS": "cron_reports",
    "LANGUAGE": "language",
    "LOGIN_ALLOW_IPS": "login_addresses",
    "LOGIN_DISABLED": "login_disabled",
    "LOGIN_USE_IPLIST": "login_restricted",
    "PHPCLI": "php_cli",
    "PREF_UI_SORT": "sort_order",
    "ROLE": "role",
    "SHELL": "shell",
    "THEME": "theme",
}
"""The fields of an account behind the keys of single values, beside its limits."""


def test_single_values_of_an_account_are_taken_as_they_are_shown(rest: Rest) -> None:
    alice = rest.get("/users/alice")
    shown = {key: alice[field] for key, field in VALUES.items()}
    shown |= {name.upper(): value for name, value in alice["limits"].items()}
    assert set(shown) == set(WRITABLE)
    for key, value in shown.items():
        answer = rest.send("PUT", f"/users/alice/values/{key}", {"value": value})
        assert answer.status == 204, (key, value, answer.body)
    assert {**rest.get("/users/alice"), "usage": 0} == {**alice, "usage": 0}


def test_settings_are_taken_as_they_are_shown(rest: Rest) -> None:
    before = rest.get("/settings")["settings"]
    assert len(before) > 20
    for key, value in before.items():
        if not is_secret(key):
            answer = rest.send("PUT", f"/settings/{key}", {"value": value})
            assert answer.status == 204, (key, value, answer.body)
    assert rest.get("/settings")["settings"] == before
