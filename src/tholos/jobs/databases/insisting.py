"""What must be done although a server is down or the disk is full: it is tried again until that has passed."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar

from sqlalchemy.exc import DBAPIError

from tholos.jobs.run import Run
from tholos.kernel.errors import Refusal, ServiceFailed
from tholos.kernel.log import reason
from tholos.resources.database.record import Gone

PATIENCE = 3600.0
"""Seconds that whatever is against it is waited for."""
AGAIN = 5.0
_MAY_PASS = (Refusal, OSError, DBAPIError)
Value = TypeVar("Value")


def insist(run: Run, what: Callable[[], Value], cannot: str) -> Value:
    """Do something that must be done, also when the job is called off, and give what it gives.

    Raise Gone when that does, ServiceFailed when it cannot be done for so long; ``cannot`` says what that means.
    """
    last = time.monotonic() + PATIENCE
    while True:
        try:
            return what()
        except Gone:
            raise
        except _MAY_PASS as error:
            run.check_end()
            why = error.text if isinstance(error, Refusal) else reason(error)
        if time.monotonic() > last:
            raise ServiceFailed(f"{cannot} :: {why}")
        # On a full disk this cannot be written down either.
        with suppress(*_MAY_PASS):
            run.log(f"trying again: {why}")
        _rest(run)


def _rest(run: Run) -> None:
    until = time.monotonic() + AGAIN
    while time.monotonic() < until:
        run.check_end()
        time.sleep(0.1)
