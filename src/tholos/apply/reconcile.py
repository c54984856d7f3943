"""Reconcile: make the machine equal to the state. It is recovery, rebuild and drift repair in one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path

import structlog

from tholos.apply.batch import Applier
from tholos.apply.model import purges
from tholos.apply.steps import Discard
from tholos.apply.store import Store
from tholos.apply.writer import Work, Writer
from tholos.kernel.errors import Refusal
from tholos.kernel.tx import Context, State, Tx
from tholos.kernel.want import SCOPES, Touched

log = structlog.get_logger()
TOGETHER = 50
"""How many things are planned in one batch of a reconcile, so that calls that come in meanwhile wait little."""


def recover(store: Store, applier: Applier) -> tuple[Touched, ...]:
    """Finish or undo what a crash interrupted; give what must be planned again."""
    entry = applier.journal.pending()
    if entry is None:
        return ()
    if store.committed(entry.batch):
        log.info("the interrupted batch had been committed", batch=entry.batch)
    else:
        log.warning("undoing an interrupted batch", batch=entry.batch, steps=len(entry.undo))
        applier.take_back(entry.undo, entry.reloads)
    applier.journal.end()
    return entry.touched


def everything(store: Store, context: Context) -> list[Touched]:
    """Every thing that the state knows of, scope by scope."""
    with store.reading() as connection:
        state = State(connection, context)
        return [Touched(scope.name, key) for scope in SCOPES.values() for key in scope.keys(state)]


def reconcile(writer: Writer, context: Context, touched: Iterable[Touched]) -> int:
    """Plan things again, some at a time, through the writer; give how many batches could not be applied."""
    failures = 0
    for group in _groups(touched):

        def want_all(tx: Tx, group: list[Touched] = group) -> None:
            for scope, key in group:
                tx.want(scope, *key)

        try:
            writer.submit(Work(want_all, context, visible=False)).result()
        except Refusal as refusal:
            failures += 1
            log.error("reconcile failed", first=group[0], count=len(group), error=refusal.text)
    return failures


def _groups(touched: Iterable[Touched]) -> Iterator[list[Touched]]:
    iterator = iter(touched)
    while group := list(islice(iterator, TOGETHER)):
        yield group


def purge(writer: Writer, context: Context) -> None:
    """Delete for good what committed batches moved aside."""
    with writer.store.reading() as connection:
        waiting = connection.execute(purges.select()).all()
    for batch, path in waiting:
        writer.applier.host.purge(Discard(path), batch)
        forget = purges.delete().where(purges.c.batch == batch, purges.c.path == path)

        def forgotten(tx: Tx, forget: object = forget) -> None:
            tx.execute(forget)  # type: ignore[arg-type]

        writer.submit(Work(forgotten, context, visible=False)).result()


def rebooted(directory: Path) -> bool:
    """Tell whether the machine started anew since the last time this was asked, and note that it was asked."""
    current = Path("/proc/sys/kernel/random/boot_id").read_text()
    note = directory / "boot_id"
    before = note.read_text() if note.exists() else ""
    note.write_text(current)
    return before != current
