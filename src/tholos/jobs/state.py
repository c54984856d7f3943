"""The state as jobs see it: snapshots to read, and changes that the writer carries out among everybody else's."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import TypeVar

from tholos.apply.work import Work
from tholos.apply.writer import Writer
from tholos.kernel.tx import ROOT, Context, Machine, State, Tx, Vault

Value = TypeVar("Value")


class JobState:
    """Reads and changes the state on behalf of jobs."""

    def __init__(self, writer: Writer, machine: Machine, vault: Vault) -> None:
        self._writer = writer
        self._machine = machine
        self._vault = vault

    def _context(self) -> Context:
        return Context(ROOT, "127.0.0.1", datetime.now().replace(microsecond=0), self._machine, self._vault)

    @contextmanager
    def reading(self) -> Iterator[State]:
        """A snapshot."""
        with self._writer.store.reading() as connection:
            yield State(connection, self._context())

    def change(self, change: Callable[[Tx], Value], *, visible: bool = True) -> Value:
        """Have the writer carry out a change and give its value; see Work for ``visible``."""
        done: Value = self._writer.submit(Work(change, self._context(), visible=visible)).result()
        return done
