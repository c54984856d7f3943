"""Idempotency keys, over REST and RPC: one change however often it is sent, and nothing secret in what is kept."""

from __future__ import annotations

import json
import sqlite3
import threading
import time
import uuid
from typing import Any

import pytest
from tests.conftest import started
from tests.rest_app import Rest, rest
from tests.rpc_app import Answer, Rpc

from tholos.edges import idempotency
from tholos.edges.idempotency import DAY
from tholos.kernel.errors import NoConnection

__all__ = ["rest"]

SITES = "/users/alice/web-domains"
KEY = {"idempotency_key": "3f1b9b52-one"}


def _rows(rest: Rest, table: str) -> int:
    with rest.rpc.engine.store.reading() as connection:
        return int(connection.exec_driver_sql(f"select count(*) from {table}").scalar() or 0)


def _same(one: Answer, other: Answer) -> bool:
    shown = [(answer.status, answer.body, answer.headers.get("location")) for answer in (one, other)]
    return shown[0] == shown[1]


def test_a_repeat_gets_the_first_answer(rest: Rest) -> None:
    first = rest.send("POST", SITES, {"domain": "new.test"}, **KEY)
    changes = _rows(rest, "audit")
    assert first.status == 201
    rest.rpc.run("v-suspend-web-domain", "alice", "new.test")
    assert _same(rest.send("POST", SITES, {"domain": "new.test"}, **KEY), first)
    assert _rows(rest, "audit") == changes + 1


def test_what_is_made_under_another_name_is_shown_and_shown_again(rest: Rest) -> None:
    rest.rpc.set(DB_SYSTEM="mysql")
    assert rest.rpc.run("v-add-database-host", "mysql", "localhost", "root", "socket") == (0, "")
    before = rest.get("/users/alice/databases")["total"]
    told = {"database": "new", "dbuser": "new", "dbpass": "Correct-horse-7"}
    first = rest.send("POST", "/users/alice/databases", told, **KEY)
    assert (first.status, first.headers["location"]) == (201, "/api/v2/users/alice/databases/alice_new")
    assert json.loads(first.body)["database"] == "alice_new"
    assert _same(rest.send("POST", "/users/alice/databases", told, **KEY), first)
    assert rest.get("/users/alice/databases")["total"] == before + 1


def test_a_job_is_shown_again_as_it_was_made(rest: Rest) -> None:
    when = dict.fromkeys(("min", "hour", "day", "month", "wday"), "*")
    first = rest.send("POST", "/users/alice/cron-jobs", {**when, "cron_command": "true"}, **KEY)
    number = json.loads(first.body)["job"]
    assert (first.status, first.headers["location"]) == (201, f"/api/v2/users/alice/cron-jobs/{number}")
    assert _same(rest.send("POST", "/users/alice/cron-jobs", {**when, "cron_command": "true"}, **KEY), first)


def test_the_key_belongs_to_its_request(rest: Rest) -> None:
    rest.send("POST", SITES, {"domain": "new.test"}, **KEY)
    for method, path, body in (
        ("POST", SITES, {"domain": "other.test"}),
        ("POST", "/users/admin/web-domains", {"domain": "new.test"}),
        ("DELETE", f"{SITES}/new.test", None),
    ):
        assert rest.problem(method, path, body, **KEY) == (422, "key-reused", "Idempotency-Key")


def test_a_refusal_is_an_answer(rest: Rest) -> None:
    first = rest.send("POST", SITES, {"domain": "alice.test"}, **KEY)
    assert first.status == 409
    rest.rpc.run("v-delete-web-domain", "alice", "alice.test")
    assert _same(rest.send("POST", SITES, {"domain": "alice.test"}, **KEY), first)
    assert rest.send("POST", SITES, {"domain": "alice.test"}, idempotency_key="another").status == 201


def test_what_is_refused_before_is_not_kept(rest: Rest) -> None:
    assert rest.problem("POST", SITES, {"domain": "?"}, **KEY)[0] == 422
    assert rest.send("POST", SITES, {"domain": "new.test"}, **KEY).status == 201


def test_what_may_pass_is_tried_anew(rest: Rest, monkeypatch: pytest.MonkeyPatch) -> None:
    rest.rpc.set(DB_SYSTEM="mysql")
    assert rest.rpc.run("v-add-database-host", "mysql", "localhost", "root", "socket") == (0, "")
    told = {"database": "new", "dbuser": "new", "dbpass": "Correct-horse-7"}
    machine = rest.rpc.engine.dispatcher.machine

    def down(what: str, *_arguments: str) -> None:
        raise NoConnection(f"mysql/localhost can't be reached :: {what}")

    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(machine, "read", down)
        assert rest.problem("POST", "/users/alice/databases", told, **KEY)[:2] == (503, "unreachable")
        assert "retry-after" in rest.send("POST", "/users/alice/databases", told).headers
    first = rest.send("POST", "/users/alice/databases", told, **KEY)
    assert first.status == 201
    assert _same(rest.send("POST", "/users/alice/databases", told, **KEY), first)


def test_another_caller_has_keys_of_his_own(rest: Rest) -> None:
    rest.send("PUT", "/users/alice/contact", {"email": "a@example.org"}, **KEY)
    other = Rest(rest.rpc, rest.rpc.add_key("admin", "*", "other", "json"))
    assert other.send("PUT", "/users/alice/contact", {"email": "b@example.org"}, **KEY).status == 204
    assert rest.get("/users/alice")["email"] == "b@example.org"


def test_at_the_same_moment(rest: Rest) -> None:
    answers: list[Answer] = []

    def send() -> None:
        answers.append(rest.send("POST", "/access-keys", {"user": "admin", "comment": "only one"}, **KEY))

    threads = [threading.Thread(target=send) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    made = [json.loads(answer.body) for answer in answers]
    assert len({one["access_key_id"] for one in made}) == 1
    assert len([one for one in made if one["secret_access_key"]]) == 1
    assert rest.get("/access-keys?comment=only one".replace(" ", "%20"))["total"] == 1


def test_after_a_restart(rest: Rest) -> None:
    first = rest.send("POST", SITES, {"domain": "new.test"}, **KEY)
    rest.rpc.stop_socket()
    rest.rpc.engine.stop()
    with started(rest.rpc.directory) as engine:
        again = Rpc(engine, rest.rpc.directory)
        again.start()
        try:
            assert _same(Rest(again, rest.key).send("POST", SITES, {"domain": "new.test"}, **KEY), first)
        finally:
            again.stop()


def test_after_a_day(rest: Rest, monkeypatch: pytest.MonkeyPatch) -> None:
    now = time.time()
    rest.send("POST", SITES, {"domain": "new.test"}, **KEY)
    monkeypatch.setattr(time, "time", lambda: now + DAY - 5)
    assert rest.send("POST", SITES, {"domain": "new.test"}, **KEY).status == 201
    monkeypatch.setattr(time, "time", lambda: now + DAY + 600)
    assert rest.send("POST", SITES, {"domain": "new.test"}, **KEY).status == 409
    assert _rows(rest, "repeats") == 1


def test_an_account_has_so_many_keys_a_day(rest: Rest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(idempotency, "MOST", 3)
    now = time.time()
    suspend, resume = "/users/alice/suspend", "/users/alice/unsuspend"
    assert [rest.send("POST", suspend, idempotency_key=key).status for key in "abc"] == [204, 409, 409]
    assert rest.problem("POST", resume, idempotency_key="d") == (429, "too-many-keys", "Idempotency-Key")
    other = Rest(rest.rpc, rest.rpc.add_key("admin", "*", "other", "json"))
    refused = other.send("POST", resume, idempotency_key="d")
    assert refused.status == 429
    assert DAY - 600 < int(refused.headers["retry-after"]) <= DAY + 1
    assert rest.key is not None
    told = _rpc(rest, rest.key.form("v-unsuspend-user", "alice"), "d")
    assert (told.status, told.body) == (400, "Error: too many Idempotency-Keys :: at most 3 in a day")
    assert rest.send("POST", suspend, idempotency_key="a").status == 204
    assert rest.send("POST", resume).status == 204
    monkeypatch.setattr(time, "time", lambda: now + DAY + 600)
    assert rest.send("POST", suspend, idempotency_key="a").status == 204


def test_long_answers_count_for_several(rest: Rest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(idempotency, "MOST", 3)
    monkeypatch.setattr(idempotency, "UNIT", 100)
    sent = [rest.send("POST", SITES, {"domain": f"{key}.test"}, idempotency_key=key) for key in ("a", "b", "c")]
    assert [answer.status for answer in sent] == [201, 201, 429]


def test_old_answers_go_some_at_a_time(rest: Rest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(idempotency, "AT_ONCE", 2)
    now = time.time()
    for number in range(6):
        rest.send("PUT", "/users/alice/contact", {"email": "a@example.org"}, idempotency_key=f"{number}")
    monkeypatch.setattr(time, "time", lambda: now + DAY + 600)
    for left in (5, 4, 3, 4):
        rest.send("PUT", "/users/alice/contact", {"email": "a@example.org"}, idempotency_key=uuid.uuid4().hex)
        assert _rows(rest, "repeats") == left


@pytest.mark.parametrize("key", ["", " ", "a b", "x" * 256, "\xe4"])
def test_a_key_that_is_none(rest: Rest, key: str) -> None:
    found = rest.problem("POST", SITES, {"domain": "new.test"}, idempotency_key=key)
    assert found == (422, "invalid", "Idempotency-Key")


def test_a_dry_run_keeps_nothing(rest: Rest) -> None:
    rest.send("POST", f"{SITES}?dry_run=true", {"domain": "new.test"}, **KEY)
    assert _rows(rest, "repeats") == 0


def _rpc(rest: Rest, fields: dict[str, str], key: str = "rpc-1") -> Answer:
    body = json.dumps(fields).encode()
    return rest.rpc.request(body, "application/json", **{"Idempotency-Key": key})


def test_rpc_calls_have_keys_too(rest: Rest) -> None:
    assert rest.key is not None
    add = rest.key.form("v-add-web-domain", "alice", "new.test")
    assert _rpc(rest, add).status == 204
    changes = _rows(rest, "audit")
    assert _rpc(rest, add).status == 204
    assert _rpc(rest, {**add, "returncode": "yes"}).body == "0"
    assert _rows(rest, "audit") == changes
    other = _rpc(rest, rest.key.form("v-add-web-domain", "alice", "other.test"))
    assert (other.status, other.body) == (422, "Error: the Idempotency-Key belongs to another request")
    assert rest.rpc.post(add).status == 400


def test_an_rpc_call_with_a_password_in_the_legacy_way(rest: Rest) -> None:
    fields = {"user": "admin", "password": "adminPass123", "cmd": "v-add-web-domain", "arg1": "alice", "arg2": "n.test"}
    assert _rpc(rest, fields).body == "OK"
    assert _rpc(rest, fields).body == "OK"
    assert "belongs to another request" in _rpc(rest, {**fields, "arg2": "o.test"}).body


def test_nothing_secret_is_kept(rest: Rest) -> None:
    assert rest.key is not None
    made = json.loads(rest.send("POST", "/access-keys", {"user": "admin"}, **KEY).body)
    told = json.loads(_rpc(rest, rest.key.form("v-add-access-key", "admin", "*", "told", "json")).body)
    rest.send("POST", "/users", _user(), idempotency_key="user")
    legacy = _rpc(rest, rest.key.form("v-generate-api-key"), "legacy").body
    secrets = [made["secret_access_key"], told["SECRET_ACCESS_KEY"], "SomePassword1", rest.key.secret, legacy.strip()]
    with sqlite3.connect(rest.rpc.engine.directory / "state.db") as connection:
        kept = b"".join(bytes(str(row).encode()) for row in connection.execute("select * from repeats"))
    connection.close()
    assert all(secrets)
    assert [secret for secret in secrets if secret.encode() in kept] == []
    again = json.loads(rest.send("POST", "/access-keys", {"user": "admin"}, **KEY).body)
    assert again == {**made, "secret_access_key": None}


def _user() -> dict[str, Any]:
    return {"user": "carol", "password": "SomePassword1", "email": "carol@example.org"}
