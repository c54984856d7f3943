"""The engine is killed on the real machine: at points of every kind of change, and as a service under load."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import pytest
from box.machine import Machine
from tests.box.engine import kill_engine, value_of, wait_until_ready
from tests.box.test_web_sites import fetch, v
from tests.waiting import until

POINTS = "all" if os.environ.get("THOLOS_EVERY_POINT") else "some"
"""One point of every kind, for every change; all of them take a quarter of an hour."""
CLIENTS, KILLS, BETWEEN = 4, 4, 10
"""Who adds sites at the same time, how often the engine is killed meanwhile, and how many are made before each kill."""
ENOUGH = "/run/enough"
LOAD = """n=0; until [ -e $1 ]; do n=$((n+1)); echo tried $0-$n.test
v-add-web-domain loaded $0-$n.test '' '' none >&2 && echo answered $0-$n.test || sleep 0.1; done"""
SITES = "select count(*) from web_domains"
PYTHON = "/usr/lib/tholos/venv/bin/python"


def program(machine: Machine, *words: str, module: str = "tests.box.inside", timeout: float = 900) -> list[object]:
    """Run the tests' own engine in the machine; give its lines."""
    environment = {"PYTHONPATH": "/opt/tholos-src", "PYTHONDONTWRITEBYTECODE": "1"}
    done = machine.exec([PYTHON, "-m", module, *words], env=environment, timeout=timeout)
    return [json.loads(line) for line in done.stdout.splitlines() if line.startswith(("{", "["))]


@contextmanager
def engine_stopped(machine: Machine) -> Iterator[None]:
    """The service does not run meanwhile: an engine of the tests does."""
    machine.exec(["systemctl", "stop", "tholos-engine"])
    try:
        yield
    finally:
        machine.exec(["systemctl", "start", "tholos-engine"])


@pytest.fixture
def bystander(machine: Machine) -> Iterator[None]:
    """A site that nobody touches, and that must stay up."""
    assert v(machine, "v-add-user", "bystander", "Pass12345", "by@example.org") == (0, "")
    assert v(machine, "v-add-web-domain", "bystander", "bystander.test") == (0, "")
    yield
    assert v(machine, "v-delete-user", "bystander") == (0, "")


@pytest.mark.usefixtures("bystander")
def test_killed_at_points_of_every_change_it_is_all_or_nothing(machine: Machine) -> None:
    with engine_stopped(machine):
        reports = program(machine, "kill", POINTS, timeout=3600)
    kinds: set[str] = set()
    for report in reports:
        assert isinstance(report, dict)
        assert report["wrong"] == [], report["change"]
        kinds.update(report["kinds"])
    assert len(reports) == 8
    assert kinds >= {"mkdir", "fchmod", "fchown", "setxattr", "symlink", "link", "rename", "unlink", "rmdir"}
    assert kinds >= {"run", "after run", "reload", "after reload", "commit", "after commit"}


def test_the_service_is_killed_under_load_and_loses_nothing_that_it_answered(machine: Machine) -> None:
    assert v(machine, "v-add-user", "loaded", "Pass12345", "load@example.org") == (0, "")
    clients = [start(machine, ["sh", "-c", LOAD, f"client{number}", ENOUGH]) for number in range(CLIENTS)]
    try:
        for _ in range(KILLS):
            made = value_of(machine, SITES)
            until(lambda: value_of(machine, SITES), 300, (made + BETWEEN).__le__)
            kill_engine(machine)
    finally:
        machine.exec(["touch", ENOUGH])
        said = [line.split() for client in clients for line in client.communicate(timeout=300)[0].splitlines()]
        machine.exec(["rm", ENOUGH])
    wait_until_ready(machine)
    tried, answered = ({name for what, name in said if what == word} for word in ("tried", "answered"))
    # What was made before a kill and is not answered is what each client waited for just then.
    assert len(answered) >= KILLS * (BETWEEN - CLIENTS)
    listed = set(json.loads(v(machine, "v-list-web-domains", "loaded", "json")[1]))
    assert answered <= listed <= tried
    assert {name for name in tried if fetch(machine, name)[0] == 200} == listed
    assert {fetch(machine, name)[0] for name in tried - listed} == {404}
    with engine_stopped(machine):
        assert program(machine, "drift") == [[]]
    assert v(machine, "v-delete-user", "loaded") == (0, "")


def start(machine: Machine, argv: Sequence[str]) -> subprocess.Popen[str]:
    """Start a command in the machine without waiting for its end."""
    return subprocess.Popen(
        machine.argv(argv), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
