"""One real machine with Tholos installed, for all tests of the session."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from box.facts import Facts
from box.machine import Machine, sweep

from box import host, up


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
