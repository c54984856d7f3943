"""What an entity tag tells: for If-Match what calls have changed of a resource, for If-None-Match all that is shown."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
from sqlalchemy import select
from tests.every import every
from tests.rest_app import Rest, quiet, rest

from tholos.apply.model import revisions
from tholos.edges.rest.revisions import sets_unseen
from tholos.edges.rest.routes import Route, all_routes
from tholos.kernel.command import load
from tholos.resources.package.resource import Limits

__all__ = ["quiet", "rest"]

load()
ALICE, SITE = "/users/alice", "/users/alice/web-domains/alice.test"
CONTACT = ("PUT", f"{ALICE}/contact", {"email": "new@example.org"})
PASSWORD = "aGoodPassword1"


def _tag(rest: Rest, path: str) -> str:
    return rest.send("GET", path).headers["etag"]


def test_what_others_do_keeps_nobody_from_a_change(rest: Rest) -> None:
    before = rest.get(ALICE)
    tag = _tag(rest, ALICE)
    assert rest.rpc.run("v-add-user", "carol", PASSWORD, "carol@example.org")[0] == 0
    assert rest.rpc.run("v-add-user-notification", "alice", "topic", "notice")[0] == 0
    shown = rest.send("GET", ALICE, if_none_match=tag)
    assert (shown.status, rest.get(ALICE)["usage"]["accounts"]) == (200, before["usage"]["accounts"] + 1)
    assert rest.send(*CONTACT, if_match=tag).status == 204
    assert rest.problem(*CONTACT, if_match=tag)[0] == 412


def test_what_is_measured_keeps_nobody_from_a_change_and_is_seen(rest: Rest) -> None:
    tag = _tag(rest, ALICE)
    assert rest.send("GET", ALICE, if_none_match=tag).status == 304
    home = rest.rpc.engine.applier.host.root / "home/alice/large"
    home.parent.mkdir(parents=True, exist_ok=True)
    home.write_bytes(b"x" * 3_000_000)
    assert rest.rpc.run("v-update-user-disk", "alice")[0] == 0
    answer = rest.send("GET", ALICE, if_none_match=tag)
    assert (answer.status, rest.get(ALICE)["usage"]["disk_home"] > 0) == (200, True)
    assert rest.send(*CONTACT, if_match=tag).status == 204


def test_what_an_account_has_is_of_it(rest: Rest) -> None:
    tag = _tag(rest, ALICE)
    assert rest.send("POST", f"{ALICE}/web-domains", {"domain": "more.test"}).status == 201
    assert rest.problem("DELETE", ALICE, if_match=tag)[:2] == (412, "precondition-failed")


DATABASE = {"database": "shop", "dbuser": "shop", "dbpass": PASSWORD, "type": "mysql"}


@pytest.mark.parametrize(
    ("seen", "path", "body"),
    [
        (ALICE, f"{ALICE}/password", {"password": PASSWORD}),
        (ALICE, f"{ALICE}/recovery-key", {}),
        (SITE, f"{SITE}/logins/visitor", {"auth_password": PASSWORD}),
        ("/settings", "/settings/SMTP_RELAY_PASSWD", {"value": "secret"}),
        (f"{ALICE}/databases/alice_shop", f"{ALICE}/databases/alice_shop/password", {"dbpass": PASSWORD}),
        ("/database-servers/mysql/localhost", "/database-servers/mysql/localhost/password", None),
    ],
)
def test_of_two_who_set_a_password_one_is_refused(rest: Rest, seen: str, path: str, body: Any) -> None:
    rest.rpc.set(DB_SYSTEM="mysql", SMTP_RELAY_PASSWD="before")
    server = {"type": "mysql", "host": "localhost", "dbuser": "root", "dbpass": "socket"}
    assert rest.send("POST", "/database-servers", server).status == 201
    assert rest.send("POST", f"{ALICE}/databases", DATABASE).status == 201
    login = {"auth_user": "visitor", "auth_password": PASSWORD}
    assert rest.send("POST", f"{SITE}/logins", login).status == 204
    body = {"user": "root", "password": PASSWORD} if body is None else body
    before = rest.get(seen)
    tag = _tag(rest, seen)
    assert rest.send("PUT", path, body, if_match=tag).status == 204
    assert rest.problem("PUT", path, body, if_match=tag)[:2] == (412, "precondition-failed")
    after = rest.get(seen)
    assert {**after, "password_reset_expires": None} == {**before, "password_reset_expires": None}
    assert rest.send("GET", seen, if_none_match=tag).status == 200


def test_a_password_that_is_set_in_a_shell_counts_too(rest: Rest) -> None:
    tag = _tag(rest, ALICE)
    assert rest.rpc.run("v-change-user-password", "alice", PASSWORD)[0] == 0
    assert rest.problem(*CONTACT, if_match=tag)[0] == 412


def test_a_site_is_one_in_both_spellings(rest: Rest) -> None:
    assert rest.send("POST", f"{ALICE}/web-domains", {"domain": "bücher.test"}).status == 201
    path = f"{ALICE}/web-domains/b%C3%BCcher.test"
    tag = _tag(rest, path)
    login = ("v-add-web-domain-httpauth", "alice", "xn--bcher-kva.test", "visitor", PASSWORD)
    assert rest.rpc.run(*login)[0] == 0
    assert rest.rpc.run("v-delete-web-domain-httpauth", *login[1:4])[0] == 0
    assert rest.get(path)["logins"] == []
    assert rest.problem("PUT", f"{path}/listing", {"mode": True}, if_match=tag)[0] == 412


def test_a_check_of_a_password_changes_nothing(rest: Rest) -> None:
    tag = _tag(rest, ALICE)
    rest.send("POST", f"{ALICE}/password/check", {"password": "AlicePass123"})
    assert rest.send(*CONTACT, if_match=tag).status == 204


def _counted(rest: Rest) -> list[str]:
    with rest.rpc.engine.store.reading() as connection:
        return sorted(connection.scalars(select(revisions.c.path)))


def test_what_is_gone_is_counted_no_longer(rest: Rest) -> None:
    for user in ("alice", "alice2"):
        rest.rpc.run("v-add-user", user, PASSWORD, "a@example.org")
        assert rest.send("PUT", f"/users/{user}/password", {"password": PASSWORD}).status == 204
    assert rest.send("POST", f"{SITE}/logins", {"auth_user": "visitor", "auth_password": PASSWORD}).status == 204
    assert _counted(rest) == [ALICE, "/users/alice/web-domains/alice.test", "/users/alice2"]
    assert rest.send("PUT", f"{ALICE}/password?dry_run=true", {"password": PASSWORD}).status == 200
    assert rest.send("DELETE", ALICE).status == 204
    assert _counted(rest) == ["/users/alice2"]


@every({route.command.name: route for route in all_routes().all})
def test_what_stands_in_a_path_must_be_given(route: Route) -> None:
    required = {slot.name for slot in route.command.parameters if slot.required}
    assert set(route.names) <= required or not (route.method == "DELETE" or sets_unseen(route))


def _structs(kind: Any) -> Iterator[Any]:
    """A resource and its parts."""
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        yield kind
        for field in msgspec.structs.fields(kind):
            yield from _structs(field.type)


SEEN = [route.command.resource for route in all_routes().all if route.method == "GET" and not route.many]


@every({kind.__name__: kind for seen in SEEN for kind in _structs(seen)})
def test_what_is_measured_is_named(kind: Any) -> None:
    measured = [name for name in kind.__struct_fields__ if name.partition("_")[0] in ("disk", "bandwidth")]
    assert {name for name in measured if kind is not Limits} <= getattr(kind, "unsteady", frozenset())


@every({kind.__name__: kind for seen in SEEN for kind in _structs(seen)})
def test_what_is_named_is_a_field(kind: Any) -> None:
    assert getattr(kind, "unsteady", frozenset()) <= set(kind.__struct_fields__)
