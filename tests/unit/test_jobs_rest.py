"""Long work over REST: 202 and a job that can be looked at and called off; over RPC its result is waited for."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from tests.conftest import snapshot
from tests.rest_app import Rest
from tests.rpc_app import Rpc, running
from tests.waiting import until
from tests.working import Count, begin

from tholos.edges.rest.openapi import document
from tholos.kernel.command import COMMANDS

pytestmark = pytest.mark.thorough

LINES = """\
v-change-sys-config-value DB_SYSTEM mysql
v-add-database-host mysql localhost root socket
v-add-database alice shop shopuser DbPass12345 mysql
v-unsuspend-user bob"""
DUMP = "/users/alice/databases/alice_shop/dump"
OWN = "v-list-jobs,v-list-job,v-cancel-job,v-dump-database,v-import-database"


@pytest.fixture
def rpc(peopled: Path) -> Iterator[Rpc]:
    with running(peopled) as rpc:
        for line in LINES.splitlines():
            assert rpc.run(*line.split())[0] == 0, line
        yield rpc


@pytest.fixture
def rest(rpc: Rpc) -> Rest:
    return Rest(rpc, rpc.add_key("admin", "*", "test", "json"))


def of_account(rpc: Rpc, name: str) -> Rest:
    """A client with an account's own key."""
    profiles = rpc.engine.applier.host.root / "etc/tholos/profiles"
    profiles.mkdir(parents=True, exist_ok=True)
    (profiles / "own").write_text(f"ROLE='user'\nCOMMANDS='{OWN}'\n")
    return Rest(rpc, rpc.add_key(name, "own", "test", "json"))


def until_state(rest: Rest, location: str, state: str) -> Any:
    """Wait until a job is in a state, and give it."""
    return until(lambda: rest.get(location.removeprefix("/api/v2")), right=lambda job: job["state"] == state)


def test_a_job_is_accepted_and_can_be_looked_at(rest: Rest) -> None:
    answer = rest.send("POST", DUMP, {"compression": "gzip"})
    assert answer.status == 202
    accepted = json.loads(answer.body)
    assert (accepted["state"], accepted["kind"], accepted["user"]) == ("waiting", "database.dump", "alice")
    assert answer.headers["location"] == f"/api/v2/jobs/{accepted['job']}"
    done = until_state(rest, answer.headers["location"], "done")
    assert done["result"].startswith("/backup/alice_shop_mysql_")
    assert (done["progress"], done["error"]) == (1.0, None)
    assert done["started"] <= done["finished"]
    assert rest.get("/jobs")["items"] == [done]
    assert rest.get("/jobs?state=failed")["total"] == 0
    assert rest.problem("POST", f"/jobs/{done['job']}/cancel")[:2] == (409, "in-use")


def test_a_repeat_is_answered_with_the_same_job(rest: Rest) -> None:
    first, second = (rest.send("POST", DUMP, {}, idempotency_key="one") for _ in range(2))
    assert (first.status, first.body) == (second.status, second.body)
    until_state(rest, first.headers["location"], "done")
    assert rest.get("/jobs")["total"] == 1


def test_a_repeat_over_rpc_waits_for_the_same_job(rpc: Rpc) -> None:
    key = rpc.add_key("admin", "*", "rpc", "json")
    body = urlencode(key.form("v-dump-database", "alice", "alice_shop")).encode()
    first, second = (rpc.request(body, idempotency_key="two") for _ in range(2))
    assert first.body == second.body
    assert first.body.startswith("/backup/alice_shop_mysql_")


def test_over_rpc_a_jobs_failure_is_the_calls(rpc: Rpc) -> None:
    key = rpc.add_key("admin", "*", "rpc", "json")
    path = rpc.engine.applier.host.root / "home/alice/shop.sql.gz"
    path.write_text("no gzip")
    # A rehearsal unpacks nothing, so it takes any file.
    answer = rpc.post(key.form("v-import-database", "alice", "alice_shop", "/home/alice/shop.sql.gz"))
    assert (answer.status, answer.headers["hestia-exit-code"]) == (204, "0")
    path.unlink()
    answer = rpc.post(key.form("v-import-database", "alice", "alice_shop", "/home/alice/shop.sql.gz"))
    assert answer.headers["hestia-exit-code"] == "3"


def test_a_dry_run_starts_nothing(rest: Rest) -> None:
    before = snapshot(rest.rpc.engine)["rows"]
    answer = rest.send("PUT", "/databases/alice_shop/owner?dry_run=true", {"user": "bob"})
    assert answer.status == 200
    assert any("CREATE DATABASE `bob_shop`" in one["text"] for one in json.loads(answer.body)["statements"])
    rest.rpc.engine.gate.recorder.flush()
    after: Any = snapshot(rest.rpc.engine)["rows"]
    assert {**after, "history": None} == {**before, "history": None}  # type: ignore[dict-item]


def test_an_account_has_its_own_jobs_alone(rpc: Rpc, rest: Rest, tmp_path: Path) -> None:
    alice, bob = of_account(rpc, "alice"), of_account(rpc, "bob")
    mine = begin(rpc.engine, Count(str(tmp_path / "steps"), 1, "hold")).id
    assert [job["job"] for job in alice.get("/jobs")["items"]] == [mine]
    assert bob.get("/jobs") == {"items": [], "total": 0, "next": None}
    for method, path in (("GET", f"/jobs/{mine}"), ("POST", f"/jobs/{mine}/cancel")):
        assert bob.problem(method, path)[:2] == (404, "not-exist")
    assert alice.send("POST", f"/jobs/{mine}/cancel").status == 204
    found = until_state(alice, f"/jobs/{mine}", "cancelled")
    assert found["error"] == {"code": 1, "detail": "the job was cancelled"}
    assert rest.get("/jobs")["items"] == [found]


def test_the_document_describes_what_is_accepted(rest: Rest) -> None:
    paths = json.loads(document(rest.rpc.engine.rest.routes))["paths"]
    starting = [command for command in COMMANDS.values() if command.starts]
    assert {command.legacy for command in starting} >= {"v-dump-database", "v-import-database"}
    for command in starting:
        method, _, path = command.rest.partition(" ")
        responses = paths[path][method.lower()]["responses"]
        assert responses["202"]["content"]["application/json"]["schema"] == {"$ref": "#/components/schemas/Job"}
        assert "Location" in responses["202"]["headers"]
        assert ("204" in responses) == command.starts_at_times
    assert not any(COMMANDS[name].starts_at_times for name in ("v-dump-database", "v-import-database"))
    assert COMMANDS["v-rebuild-web-domains"].starts_at_times
