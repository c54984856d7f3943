"""Real machines with Tholos installed, for all tests of the session: one, and three that are a DNS cluster."""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest
from box.facts import Facts
from box.machine import Machine, sweep
from tests.box.cluster import Cluster, join

from box import host, up

SEEN = "v-list-users v-list-user-packages v-list-sys-ips v-list-access-keys v-list-database-hosts"
_AS_BOOTED: dict[Machine, list[str]] = {}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Look at a machine as it has booted before other tests use it."""
    items.sort(key=lambda item: item.path.name != "test_box.py")


@contextmanager
def booted(*ends: str) -> Iterator[list[Facts]]:
    """How to reach machines that boot side by side, one for each end of a name.

    They are thrown away at the end, or by the next session after a kill.
    """
    reason = host.missing()
    if reason:
        pytest.skip(reason)
    sweep()
    names = [f"test-{os.getpid()}{end}" for end in ends]
    with ThreadPoolExecutor(len(names)) as pool:
        try:
            yield list(pool.map(lambda name: up.up(name, owner=os.getpid()), names))
        finally:
            list(pool.map(up.down, names))


@pytest.fixture(scope="session")
def facts() -> Iterator[Facts]:
    """How to reach the session's machine."""
    with booted("") as (found,):
        yield found


@pytest.fixture(scope="session")
def machine(facts: Facts) -> Machine:
    """The session's machine, to run commands in."""
    machine = Machine(facts.name, facts.address)
    _AS_BOOTED[machine] = _seen(machine)
    return machine


@pytest.fixture(scope="module", autouse=True)
def _tidy() -> Iterator[None]:
    """Every file leaves the session's machine as it found it: which files come after it there is chance."""
    yield
    for machine, before in _AS_BOOTED.items():
        assert _seen(machine) == before


def _seen(machine: Machine) -> list[str]:
    """What tests could stumble over that others have left."""
    script = f"for each in {SEEN}; do $each plain | cut -f1; done; v-list-sys-config"
    return machine.exec(["sh", "-c", script]).stdout.splitlines()


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """A master and two slaves on one bridge."""
    with booted("-a", "-b", "-c") as found:
        yield join(*(Machine(each.name, each.address) for each in found))
