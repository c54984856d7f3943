"""What a resource shows: nothing is missing that the RPC API shows, and a filter finds what has the value."""

from __future__ import annotations

import json
import typing
from collections.abc import Hashable, Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any, cast
from urllib.parse import urlencode

import msgspec
import pytest
from tests.rest_app import Rest
from tests.rpc_app import Rpc, running

from tholos.edges.rest.routes import Route
from tholos.edges.rest.shown import filters
from tholos.kernel.command import COMMANDS, Command, load
from tholos.kernel.view import View
from tholos.resources.stats.resource import NodeMonth
from tholos.resources.system.certificate import PanelCertificate

load()
CALLED = {
    "ACCESS_KEY_ID": "access_key_id",
    "ACK": "acknowledged",
    "ALIAS": "aliases",
    "API": "name",
    "ALIASES": "names",
    "ARCH": "architecture",
    "AUTH_USER": "logins",
    "BACKEND_TEMPLATE": "backend",
    "CA": "certificate",
    "CMD": "cron_command",
    "CONTACT": "email",
    "CRT": "certificate",
    "CUSTOM_DOCROOT": "custom_document_root",
    "DNS_TEMPLATE": "dns",
    "DNS_USER": "account",
    "EXP": "expires_on",
    "FASTCGI_CACHE": "cache",
    "FASTCGI_DURATION": "cache_duration",
    "HESTIA": "version",
    "ID": "number id key",
    "IP_AVAIL": "addresses_usable",
    "IP_OWNED": "addresses_owned",
    "KEYTAG": "tag",
    "LAG": "behind_since",
    "LOADAVERAGE": "load",
    "LOGIN_ALLOW_IPS": "login_addresses",
    "LOGIN_USE_IPLIST": "login_restricted",
    "MASTER": "primary",
    "MAX_DB": "max_databases",
    "MEM": "memory",
    "NOTIFICATIONS": "unread_notifications",
    "NS": "name_servers",
    "PHPCLI": "php_cli",
    "PREF_UI_SORT": "sort_order",
    "PROXY_EXT": "proxy_extensions",
    "PROXY_TEMPLATE": "proxy",
    "REDIRECT_CODE": "code",
    "PUB_KEY": "public_key",
    "RESULT": "name",
    "RKEYEXP": "password_reset_expires",
    "RTIME": "uptime",
    "SRC": "source",
    "STATE": "running status",
    "SUSPENDED_CRON": "cron_jobs_suspended",
    "SUSPENDED_DB": "databases_suspended",
    "SUSPENDED_DNS": "dns_domains_suspended",
    "SUSPENDED_MAIL": "mail_domains_suspended",
    "SUSPENDED_USERS": "accounts_suspended",
    "SUSPENDED_WEB": "web_domains_suspended",
    "SYSTEM": "description",
    "TIME": "created at recorded",
    "DATE": "created at",
    "TPL": "template",
    "TWOFA": "second_factor",
    "U_BANDWIDTH": "bandwidth",
    "U_DB_BASES": "databases",
    "U_DISK": "disk",
    "U_DISK_DB": "disk_databases",
    "U_DISK_DIRS": "disk_home",
    "U_DISK_MAIL": "disk_mail",
    "U_DISK_WEB": "disk_web",
    "U_MAIL_DKIM": "mail_domains_dkim",
    "U_SYS_USERS": "users",
    "U_USERS": "accounts",
    "U_WEB_SSL": "web_domains_ssl",
    "USER": "login",
    "WEB_TEMPLATE": "web",
    "user": "login",
}
"""The field, or one of several, behind a column word; a word that is missing here is a field as it stands."""
NOT_SHOWN = {
    "RKEY": "Whoever has it can take the account over.",
    "LINK": "It leads into the reference's own panel.",
    "QRCODE": "It is shown once, when the second factor is made.",
    **dict.fromkeys(
        ("IP6", "STATS", "STATS_USER", "SSL_FORCE", "SSL_HSTS", "LETSENCRYPT", "FTP_USER", "FTP_PATH"), "-"
    ),
}
"""Words without a field, and why; ``-`` stands for features that there are not yet, whose values never change."""
NOT_OF: dict[Any, set[str]] = {PanelCertificate: {"KEY"}, NodeMonth: {"PACKAGE", "DISK_QUOTA"}}
"""Words that one resource does not show: a secret, and what a node has not."""


def _of(kind: Any) -> Iterator[str]:
    """The fields of a resource and of what it is made of."""
    for name, hint in typing.get_type_hints(kind).items():
        yield name
        for part in (hint, *typing.get_args(hint)):
            if isinstance(part, type) and issubclass(part, msgspec.Struct):
                yield from _of(part)


SHOWING = [
    command
    for _, command in sorted(COMMANDS.items())
    if isinstance(command.view, View) and command.resource not in (None, str) and command.rest
]


@pytest.mark.parametrize("command", SHOWING, ids=lambda command: command.legacy)
def test_a_resource_shows_what_the_list_shows(command: Command) -> None:
    assert isinstance(command.view, View)
    fields = set(_of(command.resource))
    if "settings" in fields:
        return  # All of them are shown, by the same names.
    private = NOT_OF.get(command.resource, set())
    words = [word for word in command.view.json if word not in (*NOT_SHOWN, *private)]
    missing = [word for word in words if not {word.lower().removeprefix("u_"), *CALLED.get(word, "").split()} & fields]
    assert missing == [], f"{command.resource} has {sorted(fields)}"


LINES = """\
v-add-web-domain alice second.test 198.18.0.1 yes none
v-add-web-domain-alias alice alice.test shop.alice.test
v-add-web-domain-redirect alice alice.test www.alice.test 302
v-add-web-domain-httpauth alice alice.test visitor aGoodPassword1
v-add-fastcgi-cache alice alice.test 5m
v-change-web-domain-dirlist alice alice.test on
v-add-web-domain-allow-users alice alice.test
v-suspend-web-domain alice second.test
v-add-user-2fa alice
v-add-user-notification alice topic notice
v-add-user-notification alice other notice
v-acknowledge-user-notification alice 1
v-add-dns-domain alice alice.test 198.18.0.1
v-add-dns-domain alice second.test 198.18.0.1
v-add-dns-record alice alice.test host A 198.18.0.7"""


@pytest.fixture(scope="module")
def rest(peopled: Path) -> Iterator[Rest]:
    with running(peopled) as rpc:
        for line in LINES.splitlines():
            assert rpc.run(*line.split())[0] == 0, line
        yield _with_keys(rpc)


def _with_keys(rpc: Rpc) -> Rest:
    rpc.add_key("admin", "*", "second", "json", "2099-01-01", "198.18.0.9,127.0.0.1")
    return Rest(rpc, rpc.add_key("admin", "*", "test", "json"))


def test_a_site_with_everything(rest: Rest) -> None:
    shown = rest.get("/users/alice/web-domains/alice.test")
    wanted = {
        "aliases": ["www.alice.test", "shop.alice.test"],
        "document_root": "/home/alice/web/alice.test/public_html/",
        "custom_document_root": None,
        "custom_php_root": None,
        "template": "default",
        "backend": "default",
        "redirect": {"target": "www.alice.test", "code": 302},
        "logins": ["visitor"],
        "cache": True,
        "cache_duration": "5m",
        "directory_listing": True,
        "allow_users": True,
        "suspended": False,
    }
    assert {name: shown[name] for name in wanted} == wanted
    assert "hash" not in json.dumps(shown)
    plain = rest.get("/users/alice/web-domains/second.test")
    assert (plain["redirect"], plain["logins"], plain["cache"], plain["suspended"]) == (None, [], False, True)


def test_a_site_that_shows_another_directory(rest: Rest) -> None:
    home = rest.rpc.engine.applier.host.root / "home/alice/web/second.test/public_html/sub"
    home.mkdir(parents=True)
    change = {"target_domain": "second.test", "directory": "sub", "php": True}
    assert rest.send("PUT", "/users/alice/web-domains/alice.test/docroot", change).status == 204
    shown = rest.get("/users/alice/web-domains/alice.test")
    root = "/home/alice/web/second.test/public_html/sub/"
    assert (shown["document_root"], shown["custom_document_root"]) == (root, root)
    assert shown["custom_php_root"] == "/home/alice/web/second.test/"
    # The node is everybody's.
    assert rest.rpc.run("v-change-web-domain-docroot", "alice", "alice.test", "default") == (0, "")


def test_an_account_and_its_keys(rest: Rest) -> None:
    alice = rest.get("/users/alice")
    assert (alice["second_factor"], alice["unread_notifications"], alice["php_cli"]) == (True, True, None)
    assert (alice["usage"]["web_domains"], alice["usage"]["web_domains_suspended"]) == (2, 1)
    assert rest.get("/users/admin")["usage"]["accounts"] == 3
    keys = {key["comment"]: key for key in rest.get("/access-keys")["items"]}
    assert keys["test"]["expires"] is None
    assert keys["second"]["expires"].startswith("2099-01-0")
    assert keys["second"]["addresses"] == ["198.18.0.9/32", "127.0.0.1/32"]


LISTS = [route for route in map(Route, SHOWING) if route.many]


@pytest.mark.parametrize("route", LISTS, ids=lambda route: route.command.legacy)
def test_a_filter_finds_what_has_the_value(rest: Rest, route: Route) -> None:
    """Each field of each item, whether the database compares it or the edge does."""
    values = {"user": "alice", "domain": "alice.test"}
    if not {slot.name for slot in route.command.parameters if slot.required} <= values.keys():
        return
    path, resource = route.at(values).removeprefix("/api/v2"), cast(Hashable, route.command.resource)
    everything = rest.get(path)["items"]
    for item in everything[:2]:
        for name in filters(resource):
            sought = item[name][0] if isinstance(item[name], list) and item[name] else item[name]
            if isinstance(sought, list) or sought is None:
                continue
            text = json.dumps(sought) if isinstance(sought, bool) else str(sought)
            found = rest.get(f"{path}?{urlencode({name: text})}")
            wanted = [other for other in everything if other[name] == sought or _among(sought, other[name])]
            assert (found["items"], found["total"]) == (wanted, len(wanted)), name


def _among(sought: Any, value: Any) -> bool:
    return isinstance(value, list) and sought in value


def test_a_list_has_what_is_from_a_time_on_and_before_another(rest: Rest) -> None:
    path = "/users/alice/web-domains"
    for site in rest.get(path)["items"]:
        at = datetime.fromisoformat(site["created"])
        elsewhere = at.astimezone(timezone(timedelta(hours=5))).isoformat()
        later = (at + timedelta(seconds=1)).isoformat()
        for query, is_there in (
            ({"created": elsewhere}, True),
            ({"created_since": elsewhere}, True),
            ({"created_since": later}, False),
            ({"created_before": later}, True),
            ({"created_before": elsewhere}, False),
            ({"created_since": elsewhere, "created_before": later, "domain": site["domain"]}, True),
        ):
            found = rest.get(f"{path}?{urlencode(query)}")
            assert (site in found["items"], found["total"]) == (is_there, len(found["items"])), query
        # Many forget that a plus sign is a blank in a query.
        assert site in rest.get(f"{path}?created={elsewhere}")["items"]


def test_what_has_no_time_is_not_from_then_on(rest: Rest) -> None:
    for query in ("expires_since=2000-01-01T00:00:00Z", "expires_before=2999-01-01T00:00:00Z"):
        assert [key["comment"] for key in rest.get(f"/access-keys?{query}")["items"]] == ["second"]
    assert rest.get("/users/alice/dns-domains?expires_on_since=2000-01-01")["total"] == 2


@pytest.mark.parametrize("value", ["2026-01-01", "2026-01-01T00:00:00", "1767225600", "now", ""])
def test_a_moment_has_an_offset(rest: Rest, value: str) -> None:
    for name in ("created", "created_since", "created_before"):
        assert rest.problem("GET", f"/users?{name}={value}") == (422, "invalid", name)


def test_null_is_no_number(rest: Rest) -> None:
    path = "/users/alice/dns-domains/alice.test/records?priority=null"
    assert rest.problem("GET", path) == (422, "invalid", "priority")


def test_a_number_that_no_column_holds_is_refused(rest: Rest) -> None:
    for path in ("/users/alice/notifications?number=", "/users/alice/web-domains?disk="):
        assert rest.problem("GET", f"{path}{10**30}")[:2] == (422, "invalid")
