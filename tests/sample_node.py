"""The node that samples find, on a recording host."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.conftest import call, new_engine
from tests.sampled import Call, gallery, succeed

from tholos.bootstrap import Engine


def shell(engine: Engine) -> Call:
    """Root's shell on a node."""
    return lambda command, *values: call(engine, command, *values)


def furnish(seeded: Path, directory: Path) -> Path:
    """Make the node that samples find from one with an administrator, and give its directory."""
    shutil.copytree(seeded, directory, symlinks=True)
    engine = new_engine(directory)
    engine.start()
    for line in gallery():
        succeed(shell(engine), line)
    engine.stop()
    return directory


@contextmanager
def copied(source: Path) -> Iterator[Engine]:
    """A started engine on a copy of a node, in memory where that is possible: every commit waits for the disk."""
    memory = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    with tempfile.TemporaryDirectory(dir=memory, prefix="tholos-sample-", ignore_cleanup_errors=True) as name:
        directory = Path(name, "node")
        shutil.copytree(source, directory, symlinks=True)
        engine = new_engine(directory)
        engine.start()
        yield engine
        engine.stop()
