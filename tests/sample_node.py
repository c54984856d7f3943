"""The node that samples find, on a recording host."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.conftest import MOVED_ASIDE, call, new_engine
from tests.sampled import Call, gallery, succeed

from tholos.bootstrap import Engine


def shell(engine: Engine) -> Call:
    """Root's shell on a node."""
    return lambda command, *values: call(engine, command, *values)


def furnish(seeded: Path, directory: Path) -> Path:
    """Make the node that samples find from one with an administrator, and give its directory."""
    engine = new_engine(copy(seeded, directory))
    engine.start()
    for line in gallery():
        succeed(shell(engine), line)
    engine.stop()
    return directory


@contextmanager
def scratch() -> Iterator[Path]:
    """A directory for a while, in memory where that is possible: every commit waits for the disk."""
    memory = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    with tempfile.TemporaryDirectory(dir=memory, prefix="tholos-sample-", ignore_cleanup_errors=True) as name:
        yield Path(name)


@contextmanager
def copied(source: Path) -> Iterator[Engine]:
    """A started engine on a copy of a node."""
    with scratch() as directory:
        engine = new_engine(copy(source, directory / "node"))
        engine.start()
        try:
            yield engine
        finally:
            engine.stop()


def copy(source: Path, directory: Path) -> Path:
    """Copy a node, without what another thread may be deleting meanwhile."""
    return Path(shutil.copytree(source, directory, symlinks=True, ignore=shutil.ignore_patterns(f"{MOVED_ASIDE}*")))
