"""The audit trail: every committed change, and no secret."""

from __future__ import annotations

import json
from itertools import pairwise

import pytest
from sqlalchemy import insert, select

from tholos.apply.model import audit
from tholos.apply.writer import Work
from tholos.bootstrap import ROOT, Engine
from tholos.edges import audit as trail
from tholos.kernel.command import COMMANDS
from tholos.kernel.errors import Refusal
from tholos.kernel.tx import Tx

SECRET = "Hearth-2468"


def _trail(engine: Engine) -> list[tuple[str, str]]:
    with engine.store.reading() as connection:
        rows = connection.execute(select(audit.c.command, audit.c.arguments).order_by(audit.c.id))
        return [(row.command, row.arguments) for row in rows]


def _do(engine: Engine, command: str, *values: str) -> None:
    engine.dispatcher.run(COMMANDS[command], values, ROOT, "127.0.0.1")


def test_a_change_is_audited_and_its_secrets_are_masked(engine: Engine) -> None:
    _do(engine, "v-add-user", "ann", SECRET, "ann@example.org")
    _do(engine, "v-change-sys-config-value", "SERVER_SMTP_PASSWD", SECRET)
    last = _trail(engine)[-2:]
    assert [command for command, _ in last] == ["v-add-user", "v-change-sys-config-value"]
    assert '"user":"ann"' in last[0][1]
    assert all("******" in arguments and SECRET not in arguments for _, arguments in last)


def test_a_refused_change_is_not_audited(engine: Engine) -> None:
    before = _trail(engine)
    try:
        _do(engine, "v-suspend-user", "nobody")
    except Refusal as refusal:
        assert refusal.code == 3
    assert _trail(engine) == before


def test_a_long_argument_is_cut(engine: Engine) -> None:
    told = "notice " * 400
    _do(engine, "v-add-user-notification", "admin", "Topic", told)
    kept = json.loads(_trail(engine)[-1][1])["notice"]
    assert kept == f"{told[: trail.SHOWN]}... ({len(told)} characters)"


def test_the_oldest_entries_go_and_a_call_deletes_few(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    def write_many(tx: Tx) -> None:
        one = {"at": tx.context.now, "account": "alice", "key": "", "address": "", "command": "old", "arguments": "{}"}
        tx.execute(insert(audit), [one] * 1000)

    monkeypatch.setattr(trail, "KEPT", 100)
    engine.writer.submit(Work(write_many, engine.dispatcher.context(ROOT, "127.0.0.1"))).result()
    sizes = [len(_trail(engine))]
    for number in range(6 * trail.ROOM):
        _do(engine, "v-log-action", "admin", "Info", "Web", f"entry {number}")
        sizes.append(len(_trail(engine)))
    falls = [before + 1 - after for before, after in pairwise(sizes) if after <= before]
    assert max(falls) <= 2 * trail.ROOM
    assert len(falls) == 6
    assert sizes[-1] <= sizes[0] - 6 * trail.ROOM
    assert json.loads(_trail(engine)[-1][1])["details"] == f"entry {6 * trail.ROOM - 1}"
