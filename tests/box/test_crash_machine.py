"""The engine is killed on the real machine: at points of every kind of change, and as a service under load."""

from __future__ import annotations

import json
import os
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import pytest
from box.machine import Machine
from tests.box.test_web_sites import fetch, v

POINTS = "all" if os.environ.get("THOLOS_EVERY_POINT") else "some"
"""One point of every kind, for every change; all of them take a quarter of an hour."""
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
    script = "for n in $(seq 12); do v-add-web-domain loaded $0-$n.test '' '' none && echo $0-$n.test; done"
    clients = [start(machine, ["sh", "-c", script, f"client{number}"]) for number in range(4)]
    for _ in range(4):
        time.sleep(0.7)
        machine.exec(["systemctl", "kill", "--signal=KILL", "--kill-whom=main", "tholos-engine"], check=False)
    answered = [name for client in clients for name in client.communicate(timeout=300)[0].split() if ".test" in name]
    wait_until_ready(machine)
    listed = json.loads(v(machine, "v-list-web-domains", "loaded", "json")[1])
    assert set(answered) <= set(listed)
    assert all(fetch(machine, name)[0] == 200 for name in listed)
    assert all(fetch(machine, f"client{c}-{n}.test")[0] == 404 for c in range(4) for n in range(13, 15))
    with engine_stopped(machine):
        assert program(machine, "drift") == [[]]
    assert v(machine, "v-delete-user", "loaded") == (0, "")


def start(machine: Machine, argv: Sequence[str]) -> subprocess.Popen[str]:
    """Start a command in the machine without waiting for its end."""
    return subprocess.Popen(
        machine.argv(argv), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )


def wait_until_ready(machine: Machine) -> None:
    """Wait until the engine answers again."""
    deadline = time.monotonic() + 60
    while v(machine, "v-list-users", "plain")[0] != 0:
        assert time.monotonic() < deadline
        time.sleep(0.1)
