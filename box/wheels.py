"""The wheelhouse: every locked dependency as a built file, because a box has neither a route out nor a compiler.

A dependency that comes as sources only is refused here: a server would need a compiler for it.
"""

from __future__ import annotations

import platform
import shutil
import sys
import tempfile
from pathlib import Path

from box.places import CACHE, CHECKOUT, digest, locked
from box.say import Problem, run_long, step

LOCK = CHECKOUT / "requirements.lock"
# The Python of the box's Debian: a wheel that is fetched here serves there only if it is the same.
PYTHON = (3, 11)


def ensure(python: Path) -> Path:
    """Give the directory with all wheels of today's lock, after making them if that was never done here."""
    final = CACHE / "wheels" / digest(LOCK.read_text(), str(PYTHON), platform.machine())
    if final.is_dir():
        return final
    if sys.version_info[:2] != PYTHON:
        raise Problem(f"A box runs Python {PYTHON[0]}.{PYTHON[1]}, so ./tholos up must be run with that version too.")
    with locked(CACHE / "wheels"), step("fetching the locked dependencies for boxes (once per lock)"):
        if final.is_dir():
            return final
        scratch = Path(tempfile.mkdtemp(prefix="building-", dir=final.parent))
        try:
            _fill(python, scratch)
            scratch.chmod(0o755)
            scratch.rename(final)
        finally:
            shutil.rmtree(scratch, ignore_errors=True)
    return final


def _fill(python: Path, target: Path) -> None:
    argv = [str(python), "-m", "pip", "download", "--require-hashes", "--no-deps", "--only-binary=:all:"]
    run_long([*argv, "--progress-bar=off", "--dest", str(target), "-r", str(LOCK)], CACHE / "logs" / "wheels.log")
    shutil.copy(LOCK, target / "requirements.lock")
