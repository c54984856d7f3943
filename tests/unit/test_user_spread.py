"""An account with very many sites and zones: what concerns all of them is done a few at a time."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.conftest import call, copied, copy, new_engine, prepared

from tholos.apply.host import Host
from tholos.apply.steps import Change, Write
from tholos.apply.writer import Work
from tholos.bootstrap import ROOT, Engine
from tholos.jobs.run import Run
from tholos.kernel import job
from tholos.kernel.command import COMMANDS
from tholos.kernel.errors import ServiceFailed
from tholos.kernel.tx import Tx
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
    "v-suspend-user alice": [],
    "v-unsuspend-user alice": ["v-suspend-user alice"],
    "v-suspend-web-domains alice": ["v-suspend-web-domain alice second.test"],
    "v-unsuspend-web-domains alice": ["v-suspend-web-domains alice"],
    "v-suspend-dns-domains alice": [],
    "v-unsuspend-dns-domains alice": ["v-suspend-dns-domains alice"],
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


def served(engine: Engine, domain: str) -> str:
    return (engine.applier.host.read(f"/home/alice/conf/web/{domain}/nginx.conf") or b"").decode()


@pytest.mark.parametrize(("line", "code"), [("v-suspend-user alice", 20), ("v-suspend-web-domains alice", 20)])
def test_a_site_that_nginx_refuses_keeps_no_other_from_being_paused(
    node: Path, line: str, code: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spread, "TOGETHER", 2)
    do = Host.do

    def refuse_one(host: Host, step: Change, batch: str) -> None:
        if isinstance(step, Write) and step.path.endswith("second.test/nginx.conf"):
            raise ServiceFailed("nginx said no")
        do(host, step, batch)

    with copied(node) as engine:
        before = {domain: served(engine, domain) for domain in ("alice.test", "second.test", "fourth.test")}
        monkeypatch.setattr(Host, "do", refuse_one)
        found, text = call(engine, *line.split())
        assert (found, "1 of" in text) == (code, True)
        left = [domain for domain, said in before.items() if served(engine, domain) == said]
        assert left == ["second.test"]
        log = call(engine, "v-list-user-log", "alice", "plain")[1]
        assert "Site second.test stays as it was: nginx said no." in log
        monkeypatch.setattr(Host, "do", do)
        assert call(engine, "v-rebuild-web-domains", "alice") == (0, "")
        assert served(engine, "second.test") != before["second.test"]


def begun(engine: Engine, *words: str) -> str:
    """Have a call carried out without waiting for its job; give the job's id."""
    command = COMMANDS[words[0]]
    bound = engine.dispatcher.bind(command, words[1:], ROOT)

    def change(tx: Tx) -> str:
        return str(command.function(tx, **bound.arguments).id)

    id: str = engine.writer.submit(Work(change, engine.dispatcher.context(ROOT, "127.0.0.1"))).result()
    return id


def test_it_is_finished_although_the_engine_ends_and_somebody_calls_it_off(
    node: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spread, "TOGETHER", 1)
    directory = copy(node, tmp_path / "node")
    engine = new_engine(directory)
    engine.start()
    change, left = Run.change, [2]

    def stop_at_the_second(run: Run, function: Callable[[Tx], object]) -> object:
        left[0] -= 1
        if left[0] == 0:
            run.interrupt()
            run.check()
        return change(run, function)

    monkeypatch.setattr(Run, "change", stop_at_the_second)
    id = begun(engine, "v-suspend-user", "alice")
    assert call(engine, "v-cancel-job", id) == (0, "")
    engine.stop()
    monkeypatch.setattr(Run, "change", change)
    engine = new_engine(directory)
    engine.start()
    assert engine.runner.finished(id) is None
    for domain in ("alice.test", "second.test", "fourth.test"):
        assert "suspended" in served(engine, domain)
    engine.stop()


def test_a_suspension_is_carried_out_at_once_where_no_job_can_be_begun(
    node: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spread, "TOGETHER", 1)
    monkeypatch.setattr(job, "MOST_OF_AN_ACCOUNT", 0)
    with copied(node) as engine:
        before = served(engine, "second.test")
        assert call(engine, "v-suspend-user", "alice") == (0, "")
        assert served(engine, "second.test") != before
