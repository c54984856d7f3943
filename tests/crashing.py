"""An engine that kills itself: at the n-th thing that it does to the disk, to a service or to its database.

Every change of a file is a few system calls, and every system call that changes something is a point, as are each
command, each statement for a database server, each reload and each commit, before and after. Killing at 1, 2, 3 ...
until the work survives therefore kills before, inside and after every step of every kind, the journal's own included.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from unittest import mock

from sqlalchemy import Connection

from tholos.apply import commands, reload
from tholos.apply.batch import make_plan
from tholos.apply.host import Host
from tholos.apply.reconcile import everything, purge, reconcile, recover
from tholos.apply.sql.servers import Servers
from tholos.bootstrap import ROOT, Engine
from tholos.kernel.command import COMMANDS
from tholos.kernel.tx import Changes, State

_CALLS = ("unlink", "rename", "link", "symlink", "mkdir", "rmdir", "fchmod", "fchown", "setxattr", "removexattr")
_WRITES = ("pwrite", "fdatasync")
NEVER = 1 << 30


class Points:
    """Counts points, and notes what kind each is; kills this process when ``at`` of them have been passed."""

    def __init__(self, at: int) -> None:
        self.at = at
        self.kinds: list[str] = []

    @property
    def passed(self) -> int:
        """How many points have been passed."""
        return len(self.kinds)

    def __call__(self, kind: str) -> None:
        self.kinds.append(kind)
        if self.passed == self.at:
            os.kill(os.getpid(), signal.SIGKILL)

    def around(self, owner: Any, name: str, *, after: bool) -> Any:
        """A patch of a function: a point before it, and one after it where nothing else marks that place."""
        function = getattr(owner, name)

        def counted(*args: Any, **kwargs: Any) -> Any:
            self(name)
            result = function(*args, **kwargs)
            if after:
                self(f"after {name}")
            return result

        return mock.patch.object(owner, name, counted)


@contextmanager
def dying(at: int) -> Iterator[Points]:
    """Let this process die at a point of what is done inside."""
    points = Points(at)
    patches = [points.around(os, name, after=False) for name in (*_CALLS, *_WRITES)]
    others = ((commands, "run"), (Host, "_record"), (reload, "reload"), (Connection, "commit"), (Servers, "_rows"))
    patches += [points.around(owner, name, after=True) for owner, name in others]
    for patch in patches:
        patch.start()
    try:
        yield points
    finally:
        for patch in patches:
            patch.stop()


def one_of_each(kinds: Sequence[str]) -> list[int]:
    """A point of every kind, the middle one where there are several; points are counted from 1."""
    places = {kind: [at for at, found in enumerate(kinds, start=1) if found == kind] for kind in kinds}
    return sorted(found[len(found) // 2] for found in places.values())


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
