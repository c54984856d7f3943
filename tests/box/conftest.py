"""Real machines with Tholos installed, for all tests of the session: one, and three that are a DNS cluster."""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from box.facts import Facts
from box.machine import Machine, sweep
from tests.box.cluster import Cluster, join

from box import host, up


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Look at a machine as it has booted before other tests use it."""
    items.sort(key=lambda item: item.path.name != "test_box.py")


@pytest.fixture(scope="session")
def facts() -> Iterator[Facts]:
    """How to reach the session's machine; it is thrown away at the end, or by the next session after a kill."""
    reason = host.missing()
    if reason:
        pytest.skip(reason)
    sweep()
    name = f"test-{os.getpid()}"
    try:
        yield up.up(name, owner=os.getpid())
    finally:
        up.down(name)


@pytest.fixture(scope="session")
def machine(facts: Facts) -> Machine:
    """The session's machine, to run commands in."""
    return Machine(facts.name, facts.address)


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """A master and two slaves on one bridge; they boot side by side."""
    reason = host.missing()
    if reason:
        pytest.skip(reason)
    sweep()
    names = [f"test-{os.getpid()}-{end}" for end in "abc"]
    with ThreadPoolExecutor(len(names)) as pool:
        try:
            found = pool.map(lambda name: up.up(name, owner=os.getpid()), names)
            yield join(*(Machine(each.name, each.address) for each in found))
        finally:
            list(pool.map(up.down, names))
