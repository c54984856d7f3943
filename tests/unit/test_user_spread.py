"""An account with very many sites and zones: what concerns all of them is done a few at a time."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import select
from tests.conftest import call, copied, prepared

from tholos.apply.host import Host
from tholos.apply.steps import Change, Write
from tholos.apply.writer import Work
from tholos.bootstrap import ROOT, Engine
from tholos.kernel import job
from tholos.kernel.command import COMMANDS
from tholos.kernel.errors import ServiceFailed
from tholos.kernel.tx import Caller
from tholos.resources import spread

pytestmark = pytest.mark.thorough

BEFORE = """\
v-add-dns-domain alice alice.test 198.18.0.1
v-add-domain alice second.test
v-add-domain alice third.test
v-add-cron-job alice 5 4 * * * true
v-change-web-domain-name alice third.test fourth.test"""
CALLS: dict[str, list[str]] = {
    "v-rebuild-all alice": [],
    "v-rebuild-web-domains alice": [],
    "v-rebuild-dns-domains alice no yes": [],
    "v-rebuild-web-domains alice ": ["v-suspend-web-domain alice second.test"],
}
"""Calls that concern all that an account has, and what comes before."""


@pytest.fixture(scope="module")
def node(peopled: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return prepared(peopled, tmp_path_factory.mktemp("many") / "node", map(shlex.split, BEFORE.splitlines()))


def jobs(engine: Engine) -> list[str]:
    return [*json.loads(call(engine, "v-list-jobs", "json")[1])]


def outcome(engine: Engine, line: str, everything_of: Callable[[Engine], dict[str, object]]) -> tuple[object, ...]:
    answer = call(engine, *line.split())
    found = everything_of(engine)
    rows, files = found["rows"], found["files"]
    assert isinstance(rows, dict)
    assert isinstance(files, dict)
    compared = rows.keys() - {"audit", "batches", "jobs", "history", "site_tenures"}
    kept = {path: seen for path, seen in files.items() if not path.endswith("commands.log")}
    return answer, {name: [re.sub(r"\d{13}", "", row) for row in rows[name]] for name in compared}, kept


@pytest.mark.parametrize("line", CALLS)
def test_a_job_does_the_same_as_one_change(
    node: Path, line: str, everything_of: Callable[[Engine], dict[str, object]], monkeypatch: pytest.MonkeyPatch
) -> None:
    with copied(node) as engine:
        for before in CALLS[line]:
            assert call(engine, *before.split()) == (0, "")
        at_once = outcome(engine, line, everything_of)
        assert jobs(engine) == []
    with copied(node) as engine:
        for before in CALLS[line]:
            assert call(engine, *before.split()) == (0, "")
        monkeypatch.setattr(spread, "TOGETHER", 1)
        assert outcome(engine, line, everything_of) == at_once
        assert len(jobs(engine)) == 1
    assert at_once[0] == (0, "")


SITES = ("alice.test", "second.test", "fourth.test")


def served(engine: Engine, domain: str) -> str:
    return (engine.applier.host.read(f"/home/alice/conf/web/{domain}/nginx.conf") or b"").decode()


def test_a_site_that_nginx_refuses_keeps_no_other_from_being_applied(
    node: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spread, "TOGETHER", 2)
    do = Host.do

    def refuse_one(host: Host, step: Change, batch: str) -> None:
        if isinstance(step, Write) and step.path.endswith("second.test/nginx.conf"):
            raise ServiceFailed("nginx said no")
        do(host, step, batch)

    with copied(node) as engine:
        for domain in SITES:
            (engine.applier.host.root / f"home/alice/conf/web/{domain}/nginx.conf").write_text("spoiled")
        monkeypatch.setattr(Host, "do", refuse_one)
        found, text = call(engine, "v-rebuild-web-domains", "alice")
        assert (found, "1 of" in text) == (0, True)
        assert [domain for domain in SITES if served(engine, domain) == "spoiled"] == ["second.test"]
        log = call(engine, "v-list-user-log", "alice", "plain")[1]
        assert "Site second.test stays as it was: nginx said no." in log
        monkeypatch.setattr(Host, "do", do)
        assert call(engine, "v-rebuild-web-domains", "alice") == (0, "")
        assert served(engine, "second.test") != "spoiled"


@pytest.mark.parametrize("caller", [Caller("alice", is_root=False), ROOT], ids=["alice", "root"])
def test_the_job_is_its_caller_s_and_the_next_call_waits_for_its_end(
    node: Path, caller: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spread, "TOGETHER", 1)
    with copied(node) as engine:
        engine.runner.stop()
        command = COMMANDS["v-rebuild-web-domains"]
        bound = engine.dispatcher.bind(command, ["alice"], caller)
        context = engine.dispatcher.context(caller, "127.0.0.1")
        engine.writer.submit(Work(lambda tx: command.function(tx, **bound.arguments), context)).result()
        with engine.store.reading() as connection:
            owner = connection.execute(select(job.jobs.c.account)).scalar_one()
        assert owner == ("alice" if caller.account == "alice" else "admin")
        code, text = call(engine, "v-rebuild-web-domains", "alice")
        assert (code, "what alice has" in text) == (7, True)


@pytest.mark.parametrize("line", ["v-suspend-user alice", "v-suspend-web-domains alice", "v-suspend-dns-domains alice"])
def test_a_suspension_waits_for_no_job(node: Path, line: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spread, "TOGETHER", 1)
    with copied(node) as engine:
        engine.runner.stop()
        assert call(engine, *line.split()) == (0, "")
        assert jobs(engine) == []
