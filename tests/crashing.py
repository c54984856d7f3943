"""An engine that kills itself: at the n-th thing that it does to the disk, to a service or to its database.

Every change of a file is a few system calls, and every system call that changes something is a point, as are each
command, each reload and each commit, before and after. Killing at 1, 2, 3 ... until the work survives therefore kills
before, inside and after every step of every kind, the journal's own included.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from unittest import mock

from sqlalchemy import Connection

from tholos.apply import reload
from tholos.apply.batch import make_plan
from tholos.apply.host import Host
from tholos.apply.reconcile import everything, purge, reconcile, recover
from tholos.bootstrap import ROOT, Engine
from tholos.kernel.command import COMMANDS
from tholos.kernel.tx import Changes, State

_CALLS = ("unlink", "rename", "link", "symlink", "mkdir", "rmdir", "fchmod", "fchown", "setxattr", "removexattr")
NEVER = 1 << 30


class Points:
    """Counts points; kills this process when ``at`` of them have been passed."""

    def __init__(self, at: int) -> None:
        self.at = at
        self.passed = 0

    def __call__(self) -> None:
        self.passed += 1
        if self.passed == self.at:
            os.kill(os.getpid(), signal.SIGKILL)

    def around(self, function: Callable[..., Any], *, after: bool) -> Callable[..., Any]:
        """The function with a point before it, and one after it where nothing else marks that place."""

        def counted(*args: Any, **kwargs: Any) -> Any:
            self()
            result = function(*args, **kwargs)
            if after:
                self()
            return result

        return counted


@contextmanager
def dying(at: int) -> Iterator[Points]:
    """Let this process die at a point of what is done inside."""
    points = Points(at)
    patches = [mock.patch.object(os, name, points.around(getattr(os, name), after=False)) for name in _CALLS]
    patches.append(mock.patch.object(Host, "run", points.around(Host.run, after=True)))
    patches.append(mock.patch.object(Host, "_record", points.around(Host._record, after=True)))
    patches.append(mock.patch.object(reload, "reload", points.around(reload.reload, after=True)))
    patches.append(mock.patch.object(Connection, "commit", points.around(Connection.commit, after=True)))
    for patch in patches:
        patch.start()
    try:
        yield points
    finally:
        for patch in patches:
            patch.stop()


def work(engine: Engine, calls: tuple[tuple[str, ...], ...], answered: Callable[[int], None]) -> None:
    """Carry out calls as a running engine does, telling of each when it is answered, then purge."""
    engine.writer.start()
    for number, (command, *values) in enumerate(calls, start=1):
        engine.dispatcher.run(COMMANDS[command], values, ROOT, "127.0.0.1")
        answered(number)
    purge(engine.writer, engine.dispatcher.context(ROOT, "127.0.0.1"))


def restart(engine: Engine) -> None:
    """Do what an engine does when it starts after a crash, in this thread and the writer's alone."""
    context = engine.dispatcher.context(ROOT, "127.0.0.1")
    touched = recover(engine.store, engine.applier)
    engine.writer.start()
    reconcile(engine.writer, context, touched)
    purge(engine.writer, context)


def drift(engine: Engine) -> tuple[object, ...]:
    """What a plan of everything that the state knows would change: nothing, where the machine equals the state."""
    context = engine.dispatcher.context(ROOT, "127.0.0.1")
    touched = dict.fromkeys(everything(engine.store, context))
    with engine.store.reading() as connection:
        plan = make_plan(State(connection, context), Changes(touched), engine.writer.drivers, engine.applier.host)
    return (*plan.changes, *plan.finishes)
