"""Changing over REST: what is made and answered, bad input, conditions, and dry runs."""

from __future__ import annotations

import json
import threading
from typing import Any

import pytest
from tests.conftest import snapshot
from tests.rest_app import Rest, quiet, rest
from tests.waiting import until

from tholos.edges.rest import shown
from tholos.resources.user.model import FIRST_UID

__all__ = ["quiet", "rest"]

SITES = "/users/alice/web-domains"


def test_what_is_made_is_answered(rest: Rest) -> None:
    answer = rest.send("POST", SITES, {"domain": "WWW.New.test", "aliases": ["shop.new.test"]})
    assert (answer.status, answer.headers["location"]) == (201, f"/api/v2{SITES}/new.test")
    again = rest.send("GET", f"{SITES}/new.test")
    assert (again.body, again.headers["etag"]) == (answer.body, answer.headers["etag"])
    made = json.loads(answer.body)
    assert "shop.new.test" in made["aliases"]
    assert made["suspended"] is False


def test_a_change_of_a_part_and_the_end(rest: Rest) -> None:
    assert rest.send("PUT", "/users/alice/contact", {"email": "new@example.org"}).status == 204
    assert rest.get("/users/alice")["email"] == "new@example.org"
    assert rest.send("POST", f"{SITES}/alice.test/suspend").status == 204
    assert rest.get(f"{SITES}/alice.test")["suspended"] is True
    assert rest.problem("POST", f"{SITES}/alice.test/suspend") == (409, "suspended", "domain")
    assert rest.send("DELETE", f"{SITES}/alice.test").status == 204
    assert rest.problem("DELETE", f"{SITES}/alice.test") == (404, "not-exist", "domain")


def test_a_key_shows_its_secret_once(rest: Rest) -> None:
    answer = rest.send("POST", "/access-keys", {"user": "alice", "permissions": ["purge-nginx-cache"]})
    made = json.loads(answer.body)
    assert answer.status == 201
    assert len(made["secret_access_key"]) == 40
    path = answer.headers["location"].removeprefix("/api/v2")
    assert rest.get(path) == {**made, "secret_access_key": None}


def test_refused_as_the_command_refuses(rest: Rest) -> None:
    for body, status, kind, argument in (
        ({"domain": "alice.test"}, 409, "exists", "domain"),
        ({"domain": "new.test", "ip": "198.51.100.99"}, 404, "not-exist", "ip"),
        ({"domain": "not a name"}, 422, "invalid", "domain"),
    ):
        assert rest.problem("POST", SITES, body) == (status, kind, argument)
    assert rest.problem("POST", "/users/bob/web-domains", {"domain": "b.test"})[:2] == (409, "suspended")
    rest.rpc.run("v-change-user-config-value", "alice", "WEB_DOMAINS", "1")
    assert rest.problem("POST", SITES, {"domain": "n.test"})[:2] == (409, "limit-reached")


@pytest.mark.parametrize(
    ("body", "argument"),
    [
        ({}, "domain"),
        ({"domain": None}, "domain"),
        ({"domain": 1}, "domain"),
        ({"domain": ["new.test"]}, "domain"),
        ({"domain": "new.test", "nose": 1}, "nose"),
        ({"domain": "new.test", "user": "bob"}, "user"),
        ({"domain": "new.test", "aliases": "a.test"}, "aliases"),
        ({"domain": "new.test", "aliases": ["a.test,b.test"]}, "aliases"),
        ({"domain": "new.test", "aliases": [1]}, "aliases"),
        ({"domain": "new.test", "ip": ""}, "ip"),
        ({"domain": "new.test\ud800"}, "domain"),
        ({"domain": "a" * 100_000}, "domain"),
    ],
)
def test_a_bad_field_is_named(rest: Rest, body: dict[str, Any], argument: str) -> None:
    before = unlogged(rest)
    assert rest.problem("POST", SITES, body) in ((422, "invalid", argument), (400, "bad-request", None))
    assert unlogged(rest) == before


@pytest.mark.parametrize("body", [b"{", b"[]", b"1", b'"x"', b"null", b"\xff\xfe", b"{" * 100_000, b"[" * 100_000])
def test_a_body_that_is_no_object(quiet: Rest, body: bytes) -> None:
    assert quiet.problem("POST", SITES, body) == (400, "bad-request", None)


def test_a_body_that_is_not_json(quiet: Rest) -> None:
    assert quiet.problem("POST", SITES, b"domain=x", content_type="text/plain") == (415, "media-type", None)
    assert quiet.problem("POST", SITES, {"domain": "x"}, content_type="application/x-www-form-urlencoded")[0] == 415


def test_deleting_an_account_ends_its_processes(rest: Rest) -> None:
    uid = FIRST_UID + int(_value(rest, "select id from accounts where name = 'alice'"))
    plan = json.loads(rest.send("DELETE", "/users/alice?dry_run=true").body)
    assert ["pkill", "-KILL", "-U", str(uid)] in plan["commands"]
    assert rest.send("DELETE", "/users/alice").status == 204
    until(lambda: _value(rest, "select count(*) from endings") == 0)


def _value(rest: Rest, query: str) -> Any:
    with rest.rpc.engine.store.reading() as connection:
        return connection.exec_driver_sql(query).scalar()


def test_a_refused_argument_comes_with_what_it_takes(rest: Rest) -> None:
    job = {"min": "*/5", "hour": "3,25", "day": "*", "month": "*", "wday": "*", "cron_command": "true"}
    problem = json.loads(rest.send("POST", "/users/alice/cron-jobs", job).body)
    assert (problem["argument"], problem["detail"]) == ("hour", "invalid hour format :: 3,25 (25 is not from 0 to 23)")
    assert problem["expected"] == "hours: *, */2, or numbers and ranges from 0 to 23 such as 3,8-18"


def test_whoever_may_not_call_learns_nothing_of_his_arguments(rest: Rest) -> None:
    nobody = Rest(rest.rpc, None)
    assert nobody.problem("POST", SITES, {"nose": 1})[0] == 401
    mine = Rest(rest.rpc, rest.rpc.add_key("alice", "purge-nginx-cache", "mine", "json"))
    assert mine.problem("POST", SITES, {"nose": 1})[:2] == (403, "forbidden")


def test_if_match(rest: Rest) -> None:
    tag = rest.send("GET", "/users/alice").headers["etag"]
    change = ("PUT", "/users/alice/contact", {"email": "new@example.org"})
    assert rest.problem(*change, if_match='"other"') == (412, "precondition-failed", "If-Match")
    assert rest.problem(*change, if_match=f"W/{tag}")[0] == 412
    assert rest.problem("PUT", "/users/nobody/contact", {"email": "a@example.org"}, if_match="*")[0] == 412
    assert rest.send(*change, if_match=f'"x", {tag}').status == 204
    assert rest.problem(*change, if_match=tag)[0] == 412
    assert rest.send(*change, if_match="*").status == 204
    assert rest.problem(*change, if_none_match="*") == (412, "precondition-failed", "If-None-Match")


def test_the_tag_of_a_list_with_more_pages(rest: Rest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shown, "LIMIT", 3)
    for number in range(5):
        rest.rpc.run("v-add-web-domain", "alice", f"s{number}.test")
    page = rest.send("GET", "/users/%61lice/web-domains")
    tag, following = page.headers["etag"], json.loads(page.body)["next"]
    assert following is not None
    assert rest.send("POST", SITES, {"domain": "a.test"}, if_match=tag).status == 201
    assert rest.problem("POST", SITES, {"domain": "b.test"}, if_match=tag)[0] == 412


def test_two_who_changed_the_same_thing(rest: Rest) -> None:
    path = f"{SITES}/alice.test"
    tag = rest.send("GET", path).headers["etag"]
    bodies = [{"aliases": [f"{name}.alice.test"]} for name in "ab"]
    assert [rest.send("POST", f"{path}/aliases", body, if_match=tag).status for body in bodies] == [204, 412]


def test_a_configuration_that_cannot_be_one_is_the_callers_fault(rest: Rest) -> None:
    answer = rest.send("PUT", "/services/php/config", {"config": "memory_limit = 1G\n🏻"})
    details = json.loads(answer.body)
    assert (answer.status, details["type"], details["argument"]) == (422, "/problems/invalid", "config")
    assert details["code"] == 20


def test_in_demo_mode_nothing_is_changed(rest: Rest) -> None:
    assert rest.send("PUT", "/system/demo-mode", {"active": True}).status == 204
    assert rest.problem("POST", SITES, {"domain": "demo.test"}) == (409, "refused", None)
    assert rest.problem("DELETE", "/users/alice")[0] == 409
    assert rest.get("/users/alice")["user"] == "alice"
    assert rest.send("PUT", "/system/demo-mode", {"active": False}).status == 204
    assert rest.send("POST", SITES, {"domain": "demo.test"}).status == 201


def test_of_those_who_change_at_the_same_moment_one_is_first(rest: Rest) -> None:
    tag = rest.send("GET", "/users/alice").headers["etag"]
    statuses: list[int] = []

    def send(number: int) -> None:
        body = {"email": f"a{number}@example.org"}
        statuses.append(rest.send("PUT", "/users/alice/contact", body, if_match=tag).status)

    threads = [threading.Thread(target=send, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(statuses) == [204] + [412] * 7


def unlogged(rest: Rest) -> dict[str, object]:
    """All of the node but what is written down a moment later about who has called, of dry runs too."""
    rest.rpc.engine.gate.recorder.flush()
    found: Any = snapshot(rest.rpc.engine)
    files = {path: kept for path, kept in found["files"].items() if "var/log/tholos" not in path}
    return {"rows": found["rows"] | {"history": None}, "files": files}


def test_a_dry_run_says_what_would_be_done(rest: Rest) -> None:
    before = unlogged(rest)
    answer = rest.send("POST", f"{SITES}?dry_run=true", {"domain": "new.test"})
    assert answer.status == 200
    plan = json.loads(answer.body)
    written = [file["diff"] for file in plan["files"] if file["action"] == "write"]
    assert any("server_name new.test" in diff for diff in written)
    assert ["nginx", "-t"] in [[argv[0].rpartition("/")[2], argv[-1]] for argv in plan["checks"]]
    assert {"service": "nginx", "action": "reload"} in plan["reloads"]
    assert unlogged(rest) == before


def test_a_dry_run_masks_what_is_secret(rest: Rest) -> None:
    answer = rest.send("PUT", "/users/alice/password?dry_run=true", {"password": "aVeryNewPassword1"})
    shadow = next(file for file in json.loads(answer.body)["files"] if file["path"].endswith("shadow"))
    assert "******" in shadow["diff"]
    assert "$y$" not in answer.body


def test_a_dry_run_is_refused_as_the_change_would_be(rest: Rest) -> None:
    assert rest.problem("POST", f"{SITES}?dry_run=true", {"domain": "alice.test"})[:2] == (409, "exists")
    assert rest.problem("POST", f"{SITES}?dry_run=yes", {"domain": "n.test"}) == (422, "invalid", "dry_run")
    assert rest.problem("DELETE", f"{SITES}/alice.test?dry_run=true", if_match='"x"')[0] == 412
    assert rest.problem("GET", f"{SITES}/alice.test?dry_run=true") == (422, "invalid", "dry_run")


def test_a_change_is_in_the_audit_with_the_key(rest: Rest) -> None:
    rest.send("PUT", "/users/alice/password", {"password": "aVeryNewPassword1"})
    with rest.rpc.engine.store.reading() as connection:
        row = connection.exec_driver_sql("select * from audit order by id desc limit 1").one()
    assert rest.key is not None
    assert (row.command, row.key, row.account) == ("v-change-user-password", rest.key.key, "admin")
    assert "aVery" not in row.arguments


def test_an_address_that_python_cannot_split(rest: Rest) -> None:
    found = rest.problem("PUT", f"{SITES}/alice.test/redirect", {"redirect": "http://[x"})
    assert found == (422, "invalid", "redirect")


def test_the_form_of_a_request_comes_before_what_the_state_has_against_it(rest: Rest) -> None:
    """Also where the reference, and so RPC, looks at an argument late."""
    wrong = ("POST", "/packages/nosuch/rename", {"new_name": ""})
    assert rest.problem(*wrong, if_match='"other"') == (422, "invalid", "new_name")
    assert rest.problem(*wrong, idempotency_key="once") == (422, "invalid", "new_name")
    right = ("POST", "/packages/nosuch/rename", {"new_name": "silver"})
    assert rest.problem(*right, idempotency_key="once")[:2] == (404, "not-exist")
