"""One caller cannot take all of the engine's connections: its calls wait for each other, and then are turned away."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from tests.conftest import call
from tests.rest_app import Rest
from tests.rpc_app import Key, Rpc, running

from tholos.apply.host import Host
from tholos.apply.readings import databases
from tholos.edges.hestia import shares
from tholos.edges.hestia.shares import ACCOUNTS, ADMINISTRATORS, Share, Shares
from tholos.kernel.errors import Busy, ServiceFailed
from tholos.kernel.tx import Caller


@pytest.fixture
def rpc(peopled: Path) -> Iterator[Rpc]:
    with running(peopled) as started:
        yield started


def test_an_accounts_keys_share_and_nobody_else_is_held_up(rpc: Rpc, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shares, "ACCOUNTS", ACCOUNTS._replace(seconds=0.0))
    one, other = (rpc.add_key("alice", "purge-nginx-cache", name, "json") for name in ("one", "other"))
    admin = rpc.add_key("admin", "*", "all", "json")
    asked = ("v-list-web-domains", "alice", "plain")
    with ExitStack() as stack:
        for _ in range(ACCOUNTS.running):
            stack.enter_context(rpc.engine.gate.shares.turn(Caller("alice", is_root=False, key=one.key)))
        for key in (one, other):
            answer = rpc.post(key.form(*asked))
            assert (answer.status, answer.headers["hestia-exit-code"]) == (400, "14")
            assert "try again in 2 seconds" in answer.body
            coded = rpc.post(key.form(*asked) | {"returncode": "yes"})
            assert (coded.status, coded.headers["hestia-exit-code"], coded.body) == (200, "14", "14")
            busy(rpc, key)
        assert rpc.post(admin.form(*asked)).status == 200
        assert call(rpc.engine, *asked)[0] == 0
    assert rpc.post(one.form(*asked)).status == 200


def busy(rpc: Rpc, key: Key) -> None:
    """Over REST the answer says when to come again."""
    answer = Rest(rpc, key).send("GET", "/users/alice/web-domains")
    assert (answer.status, answer.headers["retry-after"]) == (429, "2")
    assert json.loads(answer.body)["type"] == "/problems/too-busy"


def test_each_key_of_an_administrator_has_a_share_of_its_own() -> None:
    held = Shares()
    with ExitStack() as stack:
        for _ in range(ADMINISTRATORS.running):
            stack.enter_context(held.turn(Caller("admin", is_root=True, key="billing")))
        stack.enter_context(held.turn(Caller("admin", is_root=True, key="monitor")))


def test_who_waits_gets_the_next_turn_and_not_everybody_may_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shares, "ACCOUNTS", Share(1, 1, 60.0))
    held, alice = Shares(), Caller("alice", is_root=False, key="one")
    waits, done = threading.Event(), threading.Event()
    wait_for = held._changed.wait_for

    def noted(*arguments: object) -> bool:
        waits.set()
        return wait_for(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(held._changed, "wait_for", noted)

    def second() -> None:
        with held.turn(alice):
            done.set()

    thread = threading.Thread(target=second)
    with held.turn(alice):
        thread.start()
        assert waits.wait(30)
        with pytest.raises(Busy), held.turn(alice):
            pass
        assert not done.is_set()
    thread.join(30)
    assert done.is_set()
    assert (held._running, held._waiting) == ({}, {})


def test_few_databases_are_measured_side_by_side(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    host = Host(tmp_path, rehearse=True)
    monkeypatch.setattr(host, "rehearse", False)
    monkeypatch.setattr(databases, "SIZE_WAIT", 0.0)
    monkeypatch.setattr(databases, "ask", lambda *_values, **_more: [(5,)])
    with ExitStack() as stack:
        while databases._SIZES_AT_ONCE.acquire(blocking=False):
            stack.callback(databases._SIZES_AT_ONCE.release)
        with pytest.raises(ServiceFailed, match="being measured already"):
            databases.size(host, "mysql/localhost", "alice_shop")
    assert databases.size(host, "mysql/localhost", "alice_shop") == 5
