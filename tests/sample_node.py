"""The node that samples find, on a recording host."""

from __future__ import annotations

from pathlib import Path

from tests.conftest import call, copy, started
from tests.sampled import Call, gallery, succeed

from tholos.bootstrap import Engine


def shell(engine: Engine) -> Call:
    """Root's shell on a node."""
    return lambda command, *values: call(engine, command, *values)


def furnish(seeded: Path, directory: Path) -> Path:
    """Make the node that samples find from one with an administrator, and give its directory."""
    with started(copy(seeded, directory)) as engine:
        for line in gallery():
            succeed(shell(engine), line)
    return directory
