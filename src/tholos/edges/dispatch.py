"""Dispatch: from a command's name and values to its function's value, for a caller that is already known.

A reading command gets a snapshot and runs here; a changing one is handed to the single writer. Who may call what is
decided before, in ``edges/hestia/gate.py`` and ``resources/access``.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any, NamedTuple

from tholos.apply.batch import Plan
from tholos.apply.store import Store
from tholos.apply.writer import Work, Writer
from tholos.edges.audit import record
from tholos.edges.cache import ReadCache
from tholos.edges.hestia.render import render
from tholos.edges.rest.revisions import note_unseen
from tholos.kernel.command import Bound, Command, Parameter
from tholos.kernel.errors import Invalid, Refusal, Usage
from tholos.kernel.job import Started
from tholos.kernel.tx import Caller, Context, Jobs, Machine, Page, State, Ticket, Tx, Vault
from tholos.resources.system.demo import require_no_demo

_TEMPORARY = "/tmp/"  # noqa: S108 - a word of the protocol, not a path we use
_MOST_OF_A_FILE = 4 * 1024 * 1024 + 1
"""Signs of root's own file that are read; what is larger than any argument may be is refused as that."""
Around = Callable[[Tx, Callable[[], Any]], Any]
"""What happens in the transaction of a change, around the command itself."""


Finished = Callable[[str], Any]
"""Waits for the job of an id and gives its result, or raises the refusal with which it failed."""


def _nothing(_id: str) -> None:
    """Where nobody carries jobs out, nobody waits for them."""


class Answer(NamedTuple):
    """A command's value, and the text that the reference's formats make of it."""

    value: Any
    text: str


class Dispatcher:
    """Runs commands on a store through its writer."""

    def __init__(self, store: Store, writer: Writer, machine: Machine, vault: Vault) -> None:
        self.store = store
        self.writer = writer
        self.machine = machine
        self.vault = vault
        self.jobs: Jobs | None = None
        self.finished: Finished = _nothing
        self.cache = ReadCache()

    def context(self, caller: Caller, address: str) -> Context:
        """What surrounds a call made now."""
        return Context(caller, address, datetime.now().replace(microsecond=0), self.machine, self.vault)

    def run(
        self, command: Command, values: Sequence[str], caller: Caller, address: str, *, dry_run: bool = False
    ) -> Answer:
        """Run a command; raise a Refusal when it is not carried out."""
        context = self.context(caller, address)
        bound = self.bind(command, values, caller)
        if command.changes:
            value = self.change(command, bound, context, dry_run=dry_run)
            if not dry_run:
                self._forget_consumed(command, values, caller)
            if isinstance(value, Started):
                value = self.finished(value.id)
            return Answer(value, "" if isinstance(value, Plan) else self.text(command, bound, value))
        if not command.cached:
            return self._read(command, bound, context)
        generation = self.store.generation
        key = (command.legacy, tuple(values), caller.sees_secrets)
        cached = self.cache.get(key, generation)
        if cached is None:
            cached = self._read(command, bound, context)
            self.cache.put(key, generation, cached, len(cached.text))
        return cached

    def bind(self, command: Command, values: Sequence[str], caller: Caller) -> Bound:
        """Turn positional values into typed arguments; secrets and files that stand elsewhere are fetched."""
        bound = command.bind(values, lambda slot, raw: self._fetched(slot, raw, caller))
        for value in bound.arguments.values():
            if hasattr(value, "prepare"):
                value.prepare()
        return bound

    def _fetched(self, slot: Parameter, raw: str, caller: Caller) -> str:
        if getattr(slot.type, "from_file", False):
            return self._content(raw, caller)
        return self._secret(slot, raw, caller) if getattr(slot.type, "secret", False) else raw

    def _secret(self, slot: Parameter, raw: str, caller: Caller) -> str:
        """A secret given as ``/tmp/NAME`` stands in a file: the caller's own temporary file, or root's on the node.

        Without such a file the path is no secret that anybody means to set; a value that is only compared may be one.
        The refusal does not repeat what may have been meant as a secret.
        """
        if not raw.startswith(_TEMPORARY):
            return raw
        kept = None if "/../" in raw else self._kept(raw, caller)
        if kept is None and getattr(slot.type, "compared", False):
            return raw
        if kept is None:
            raise Invalid(
                f"invalid {slot.name} format :: no file of that name in /tmp is the caller's own", argument=slot.name
            )
        return kept.split("\n", 1)[0]

    def _content(self, raw: str, caller: Caller) -> str:
        """The whole content of a file; without one the path itself."""
        kept = self._kept(raw, caller)
        return raw if kept is None else kept

    def _kept(self, raw: str, caller: Caller) -> str | None:
        """What is in the caller's own temporary file, or in root's on the node; None where there is none."""
        kept = self.vault.get(vault_owner(caller), raw) if raw.startswith(_TEMPORARY) else None
        if kept is None and caller.is_root and not caller.key and raw.startswith("/"):
            kept = _root_file(raw)
        return kept

    def _forget_consumed(self, command: Command, values: Sequence[str], caller: Caller) -> None:
        """A temporary file that a command has moved away is there no more."""
        for position, slot in enumerate(command.slots[: len(values)]):
            if not isinstance(slot, str) and getattr(slot.type, "consumed", False):
                self.vault.forget(vault_owner(caller), values[position])

    def _read(self, command: Command, bound: Bound, context: Context) -> Answer:
        value = self.read(command, bound, context)
        return Answer(value, self.text(command, bound, value))

    def read(self, command: Command, bound: Bound, context: Context) -> Any:
        """The value of a reading command on a fresh snapshot."""
        return self.on_snapshot(context, lambda state: command.function(state, **bound.arguments))

    def on_snapshot(self, context: Context, read: Callable[[State], Any], page: Page | None = None) -> Any:
        """What a function reads on a fresh snapshot; of a list perhaps a page alone, see Page."""
        with self.store.reading() as connection:
            return read(State(connection, context, page))

    def change(
        self, command: Command, bound: Bound, context: Context, *, dry_run: bool = False, around: Around | None = None
    ) -> Any:
        """Have the writer carry out a changing command and give its value, or the plan of a dry run.

        ``around`` runs in the same transaction; it is given what carries the command out, and its value is the value.
        Jobs that the command leaves behind are waited for.
        """
        tickets: list[Ticket] = []
        gathered = self._gathered(command, bound, context)

        def run(tx: Tx) -> Any:
            tx.before = gathered

            def carry_out() -> Any:
                if not command.in_demo:
                    require_no_demo(tx)
                value = command.function(tx, **bound.arguments)
                record(tx, command, bound)
                note_unseen(tx, command, bound)
                tickets[:] = tx.tickets
                return value

            return carry_out() if around is None else around(tx, carry_out)

        value = self.writer.submit(Work(run, context, dry_run)).result()
        if not dry_run:
            self._wait(tickets)
        return value

    def _gathered(self, command: Command, bound: Bound, context: Context) -> Any:
        """What takes time and is read in this thread; a refusal is the command's to raise when its turn has come."""
        if command.before is None:
            return None
        try:
            with self.store.reading() as connection:
                return command.before(State(connection, context), **bound.arguments)
        except Refusal as refusal:
            return refusal

    def _wait(self, tickets: Sequence[Ticket]) -> None:
        for ticket in tickets:
            if self.jobs is not None:
                self.jobs.wait(ticket)

    def text(self, command: Command, bound: Bound, value: Any) -> str:
        """A command's value as the reference prints it; raise Usage where that refuses the format."""
        if command.view is None or value is None:
            return value if isinstance(value, str) else ""
        if command.view.strict and bound.format not in command.view.formats:
            raise Usage(f"{command.legacy} {command.usage}")
        return render(value, command.view, bound.format)


def vault_owner(caller: Caller) -> str:
    """Whose temporary files a caller sees: those of the same key, or of the same account without a key."""
    return f"{caller.account}/{caller.key}"


def _root_file(path: str) -> str | None:
    """A file of root's own in ``/tmp``; a link, or a file that anybody else owns or may change, is not read."""
    # A path with a NUL in it is a ValueError to Python.
    with suppress(OSError, ValueError):
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        with os.fdopen(descriptor, encoding="utf-8", errors="replace") as file:
            found = os.fstat(file.fileno())
            if stat.S_ISREG(found.st_mode) and found.st_uid == 0 and not found.st_mode & 0o022:
                return file.read(_MOST_OF_A_FILE)
    return None
