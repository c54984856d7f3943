"""Having cron(8) see a change of a crontab.

Every minute it compares whole seconds of modification times: of the directory, then of the file. Two changes within
the second in which it looks would be one to it, and the later never read. So both times are set once more when that
second is over.
"""

from __future__ import annotations

import os
import threading
from contextlib import suppress

from tholos.apply import paths

DELAY = 1.1
"""Seconds; the change and the time that is set must not share one."""


def freshen(root: int, path: str) -> None:
    """Set the times of a file and its directory, a moment later; the caller does not wait."""
    timer = threading.Timer(DELAY, touch, (root, path))
    timer.daemon = True
    timer.start()


def touch(root: int, path: str) -> None:
    """Set the times of a file, if it is there, and of its directory to now."""
    with suppress(OSError), paths.parent(root, path) as (directory, name):
        with suppress(FileNotFoundError):
            os.utime(name, dir_fd=directory, follow_symlinks=False)
        os.utime(directory)
