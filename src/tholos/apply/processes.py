"""Processes of accounts that are gone: noted with the commit that deleted the account, killed afterwards."""

from __future__ import annotations

import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Row, insert, select

from tholos.apply import commands
from tholos.apply.batch import Plan
from tholos.apply.host import Host
from tholos.apply.model import endings
from tholos.apply.steps import End
from tholos.kernel.log import log

ROUNDS = 20
PAUSE = 0.05
"""A process that is killed needs a moment to be gone: up to a second in all."""


def note(connection: Connection, batch: str, plan: Plan) -> None:
    """Note whose processes a plan ends."""
    for step in plan.changes:
        if isinstance(step, End):
            connection.execute(insert(endings).values(batch=batch, uid=step.uid))


def waiting(connection: Connection) -> Sequence[Row[Any]]:
    """Whose processes are still to be killed."""
    return connection.execute(select(endings)).all()


def end(host: Host, uid: int) -> bool:
    """Kill every process of a user; tell whether none is left. What is left is tried again later."""
    if host.rehearse:
        return True
    for _ in range(ROUNDS):
        # One system call of the user's own reaches all of them at once, also those that only live until they have
        # forked, which nobody finds who looks at one process after the other (kill(2)).
        commands.run(("kill", "-KILL", "-1"), must_succeed=False, user=uid)
        if not any_of(uid):
            return True
        time.sleep(PAUSE)
    log.error("processes are left", uid=uid)
    return False


def any_of(uid: int) -> bool:
    """Tell whether a process runs as a user; one that has ended and waits for its parent does not count."""
    return any(_runs_as(status, uid) for status in Path("/proc").glob("[0-9]*/status"))


def _runs_as(status: Path, uid: int) -> bool:
    """Tell from a process's status (proc(5)) whether it runs with any of a user's rights."""
    with suppress(OSError):
        lines = status.read_text(encoding="utf-8", errors="replace").splitlines()
        fields = dict(line.split(":", 1) for line in lines if ":" in line)
        return str(uid) in fields["Uid"].split() and not fields["State"].strip().startswith(("Z", "X"))
    return False
