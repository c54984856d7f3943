"""What is done with very many accounts is done a few at a time, and comes to the same as if it were done at once."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from tests.conftest import call, copied, copy, new_engine, prepared

from tholos.apply.machine import READINGS
from tholos.apply.reconcile import everything
from tholos.apply.writer import Work
from tholos.bootstrap import ROOT, Engine
from tholos.jobs.run import Run
from tholos.kernel.command import COMMANDS
from tholos.kernel.errors import ServiceFailed
from tholos.kernel.touched import Touched
from tholos.kernel.tx import Tx
from tholos.resources.system import ssh_jail
from tholos.resources.user import each, package
from tholos.resources.user.each import EACH, Each
from tholos.resources.user.sftp_jail import follow_shell

pytestmark = pytest.mark.thorough

BEFORE = """\
v-copy-user-package default gold
v-change-user-package alice gold
v-change-user-package bob gold
v-change-user-package admin gold
v-change-user-config-value alice MEMORY_LIMIT 1G
v-change-user-shell admin bash"""
CALLS = {
    "v-rebuild-users": [],
    "v-update-user-package gold": ["v-change-user-config-value alice WEB_DOMAINS 7"],
    "v-delete-user-package gold": [],
    "v-add-sys-sftp-jail": [],
    "v-delete-sys-sftp-jail": ["v-add-sys-sftp-jail"],
    "v-delete-sys-ssh-jail": [
        "v-add-sys-ssh-jail",
        "v-change-user-shell alice jailbash",
        "v-change-user-shell admin jailbash",
    ],
    "v-add-sys-cgroups": [],
    "v-delete-sys-cgroups": ["v-add-sys-cgroups"],
    "v-update-user-cgroup": ["v-add-sys-cgroups"],
    "v-change-sys-config-value RESOURCES_LIMIT yes": [],
    "v-change-sys-config-value DISK_QUOTA yes": ["v-change-user-config-value alice DISK_QUOTA 5"],
}
"""Calls that concern many accounts, and what comes before."""


@pytest.fixture(scope="module")
def node(peopled: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return prepared(peopled, tmp_path_factory.mktemp("many") / "node", map(str.split, BEFORE.splitlines()))


@pytest.fixture(autouse=True)
def able(monkeypatch: pytest.MonkeyPatch) -> None:
    for reading in ("sshd reads drop-ins", "quotas on"):
        monkeypatch.setitem(READINGS, reading, lambda _host: True)
    monkeypatch.setitem(READINGS, "program", lambda _host, _path: True)


def are_done(engine: Engine) -> bool:
    """Whether every call has waited for what it left to a job."""
    return {job["STATE"] for job in json.loads(call(engine, "v-list-jobs", "json")[1]).values()} <= {"done"}


def outcome(node: Path, line: str, everything_of: Callable[[Engine], dict[str, object]]) -> tuple[object, ...]:
    with copied(node) as engine:
        for before in CALLS[line]:
            assert call(engine, *before.split()) == (0, "")
        done = len(commands(engine))
        answer = call(engine, *shlex.split(line))
        assert are_done(engine)
        found = everything_of(engine)
        ran = sorted(commands(engine)[done:])
    rows, files = found["rows"], found["files"]
    assert isinstance(rows, dict)
    assert isinstance(files, dict)
    compared = rows.keys() - {"audit", "batches", "jobs", "history", "site_tenures"}
    kept = {path: seen for path, seen in files.items() if not path.endswith("commands.log")}
    return answer, {name: [re.sub(r"\d{13}", "", row) for row in rows[name]] for name in compared}, kept, {*ran}


def commands(engine: Engine) -> list[str]:
    return (engine.applier.host.root / "commands.log").read_text().splitlines()


@pytest.mark.parametrize("line", CALLS)
def test_a_job_does_the_same_as_one_change(
    node: Path, line: str, everything_of: Callable[[Engine], dict[str, object]], monkeypatch: pytest.MonkeyPatch
) -> None:
    at_once = outcome(node, line, everything_of)
    monkeypatch.setattr(each, "TOGETHER", 1)
    changes: list[object] = []
    change = Run.change

    def count(run: Run, function: Callable[[Tx], object]) -> object:
        changes.append(function)
        return change(run, function)

    monkeypatch.setattr(Run, "change", count)
    assert outcome(node, line, everything_of) == at_once
    # One for each account at least: others have their turn between them.
    assert len(changes) > 1
    assert at_once[0] == (0, "")


def test_a_job_that_is_cut_off_is_finished_by_the_next_engine(
    node: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(each, "TOGETHER", 1)
    directory = copy(node, tmp_path / "node")
    engine = new_engine(directory)
    engine.start()
    change, left = Run.change, [2]

    def stop_at_the_second(run: Run, function: Callable[..., object]) -> object:
        left[0] -= 1
        if left[0] == 0:
            run.interrupt()
            run.check()
        return change(run, function)

    monkeypatch.setattr(Run, "change", stop_at_the_second)
    command = COMMANDS["v-delete-user-package"]
    context = engine.dispatcher.context(ROOT, "127.0.0.1")
    bound = engine.dispatcher.bind(command, ["gold"], ROOT)
    started = engine.writer.submit(Work(lambda tx: command.function(tx, **bound.arguments), context)).result()
    assert started is not None
    assert call(engine, "v-delete-user-package", "gold")[0] == 7
    engine.stop()
    monkeypatch.setattr(Run, "change", change)
    engine = new_engine(directory)
    engine.start()
    assert engine.runner.finished(started.id) is None
    assert call(engine, "v-list-user-package", "gold")[0] == 3
    assert call(engine, "v-list-user", "alice", "json")[1].count('"PACKAGE": "default"') == 1
    engine.stop()


def test_an_account_that_is_chosen_no_longer_is_left_alone(node: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(each, "TOGETHER", 1)
    change, others = Run.change, [("v-change-user-package", "bob", "silver")]

    with copied(node) as engine:
        assert call(engine, "v-copy-user-package", "default", "silver") == (0, "")

        def sell_another(run: Run, function: Callable[[Tx], object]) -> object:
            if others:
                assert call(engine, *others.pop()) == (0, "")
            return change(run, function)

        monkeypatch.setattr(Run, "change", sell_another)
        assert call(engine, "v-delete-user-package", "gold") == (0, "")
        packages = {name: one["PACKAGE"] for name, one in json.loads(call(engine, "v-list-users", "json")[1]).items()}
    assert packages == {"admin": "default", "alice": "default", "bob": "silver"}


def test_an_account_that_cannot_follow_keeps_its_package_and_that_stays(
    node: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(each, "TOGETHER", 2)

    def refuse_alice(tx: Tx, user: str) -> None:
        if user == "alice":
            raise ServiceFailed("systemd said no")
        follow_shell(tx, user)

    with copied(node) as engine:
        monkeypatch.setattr(package, "follow_shell", refuse_alice)
        assert call(engine, "v-delete-user-package", "gold") == (20, "Error: systemd said no\n")
        packages = [one["PACKAGE"] for one in json.loads(call(engine, "v-list-users", "json")[1]).values()]
        assert sorted(packages) == ["default", "default", "gold"]
        assert "Package not changed: systemd said no." in call(engine, "v-list-user-log", "alice", "plain")[1]
        monkeypatch.setattr(package, "follow_shell", follow_shell)
        assert call(engine, "v-delete-user-package", "gold") == (0, "")


def test_accounts_that_are_left_in_the_ssh_jail_can_still_log_in(node: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The jail is their login shell, and what they are left out of may as well have been called off."""
    monkeypatch.setattr(each, "TOGETHER", 1)

    def refuse_alice(tx: Tx, user: str) -> None:
        if user == "alice":
            raise ServiceFailed("systemd said no")
        follow_shell(tx, user)

    with copied(node) as engine:
        for before in CALLS["v-delete-sys-ssh-jail"]:
            assert call(engine, *before.split()) == (0, "")
        monkeypatch.setattr(ssh_jail, "follow_shell", refuse_alice)
        code, _ = call(engine, "v-delete-sys-ssh-jail")
        assert (code, shells_of(engine)) == (0, {"alice": "jailbash", "admin": "nologin", "bob": "nologin"})
        assert is_offered(engine)
        context = engine.dispatcher.context(ROOT, "127.0.0.1")
        assert Touched("ssh jail", ("SSH_JAIL",)) in everything(engine.writer.store, context)
        monkeypatch.setattr(ssh_jail, "follow_shell", follow_shell)
        assert call(engine, "v-delete-sys-ssh-jail") == (0, "")
        assert not is_offered(engine)
        assert Touched("ssh jail", ("SSH_JAIL",)) not in everything(engine.writer.store, context)


def shells_of(engine: Engine) -> dict[str, str]:
    return {name: one["SHELL"] for name, one in json.loads(call(engine, "v-list-users", "json")[1]).items()}


def is_offered(engine: Engine) -> bool:
    """Whether the jail's shell is there and listed."""
    root = engine.applier.host.root
    listed = "/usr/sbin/jailbash" in (root / "etc/shells").read_text()
    assert (root / "usr/sbin/jailbash").exists() == listed
    return listed


def test_everything_that_is_done_with_each_account_is_called_here(node: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: set[str] = set()
    begin = each.do_some

    def ask(tx: Tx, what: Each, about: str, names: Sequence[str]) -> None:
        asked.add(what.name)
        begin(tx, what, about, names)

    monkeypatch.setattr(each, "do_some", ask)
    for line, before in CALLS.items():
        with copied(node) as engine:
            for one in (*before, line):
                call(engine, *shlex.split(one))
            assert are_done(engine)
    assert asked | {"rebuild"} == EACH.keys()
