"""Reconcile: make the machine equal to the state. It is recovery, rebuild and drift repair in one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Delete, Row

from tholos.apply import dropping, postponing, processes
from tholos.apply.batch import Applier
from tholos.apply.model import endings, purges, sql_purges
from tholos.apply.store import Store
from tholos.apply.work import Work
from tholos.apply.writer import Writer
from tholos.kernel.groups import groups
from tholos.kernel.log import log, reason
from tholos.kernel.touched import Touched
from tholos.kernel.tx import Context, State, Tx
from tholos.kernel.want import SCOPES

Thing = TypeVar("Thing", Touched, Row[Any])
TOGETHER = 50
"""How many things are planned in one batch of a reconcile, so that calls that come in meanwhile wait little."""


def recover(store: Store, applier: Applier) -> tuple[Touched, ...]:
    """Finish or undo what a crash interrupted; give what must be planned again."""
    with store.reading() as connection:
        applier.host.retired.add((row.server, row.thing) for row in dropping.waiting(connection))
    entry = applier.journal.pending()
    if entry is None:
        return ()
    if store.committed(entry.batch):
        log.info("the interrupted batch had been committed", batch=entry.batch)
        applier.settle(entry)
    else:
        log.warning("undoing an interrupted batch", batch=entry.batch, steps=len(entry.undo))
        applier.take_back(entry, entry.again)
    return entry.touched


def everything(store: Store, context: Context) -> list[Touched]:
    """Every thing that the state knows of, scope by scope."""
    with store.reading() as connection:
        state = State(connection, context)
        return [Touched(scope.name, key) for scope in SCOPES.values() for key in scope.keys(state)]


def reconcile(writer: Writer, context: Context, touched: Iterable[Touched]) -> int:
    """Plan things again, some at a time, through the writer; give how many could not be made as wanted.

    A group that fails is done again one by one: what is wrong with one thing must not keep the others from being right.
    """
    return sum(_together(writer, context, group, _want) for group in groups(touched, TOGETHER))


def _want(tx: Tx, touched: Touched) -> None:
    tx.want(touched.scope, *touched.key)


def _together(writer: Writer, context: Context, group: Sequence[Thing], want: Callable[[Tx, Thing], None]) -> int:
    def want_all(tx: Tx) -> None:
        for thing in group:
            want(tx, thing)

    try:
        writer.submit(Work(want_all, context, visible=False)).result()
    except Exception as error:  # Whatever it is, it concerns these things alone, and the engine must go on.
        if len(group) > 1:
            return sum(_together(writer, context, [thing], want) for thing in group)
        log.error("reconcile failed", scope=group[0].scope, key=group[0].key, error=reason(error))
        return 1
    return 0


def purge(writer: Writer, context: Context) -> None:
    """Delete for good what committed batches moved aside, and mend what could not be taken back.

    Processes end first, because they could still write where something is being deleted.
    """
    _end(writer, context)
    with writer.store.reading() as connection:
        waiting = connection.execute(purges.select()).all()
    for batch, path in waiting:
        try:
            writer.applier.host.purge(path)
        except OSError as error:  # It is tried again after the next commit.
            log.error("purge failed", path=path, error=reason(error))
        else:
            _forget(writer, context, batch, path)
    _drop(writer, context)
    _resume(writer, context)
    _mend(writer, context)


def _end(writer: Writer, context: Context) -> None:
    """Kill what runs as accounts that are gone."""
    with writer.store.reading() as connection:
        waiting = processes.waiting(connection)
    for row in waiting:
        if processes.end(writer.applier.host, row.uid):
            _delete(writer, context, endings.delete().where(endings.c.batch == row.batch, endings.c.uid == row.uid))


def _drop(writer: Writer, context: Context) -> None:
    """Drop what committed batches retired on database servers."""
    with writer.store.reading() as connection:
        waiting = dropping.waiting(connection)
    for row in waiting:
        if dropping.drop(writer.applier.host, row):
            this = [getattr(sql_purges.c, name) == getattr(row, name) for name in ("batch", "server", "thing")]
            _delete(writer, context, sql_purges.delete().where(*this))


def _resume(writer: Writer, context: Context) -> None:
    """Plan again what waits for servers that answer by now."""
    with writer.store.reading() as connection:
        waiting = postponing.waiting(connection)
    for server, rows in groupby(waiting, key=lambda row: row.server):
        if writer.applier.host.servers.answers(server):
            for group in groups(rows, TOGETHER):
                _together(writer, context, group, postponing.resume)


def _forget(writer: Writer, context: Context, batch: str, path: str) -> None:
    _delete(writer, context, purges.delete().where(purges.c.batch == batch, purges.c.path == path))


def _delete(writer: Writer, context: Context, statement: Delete) -> None:
    def forget(tx: Tx) -> None:
        tx.execute(statement)

    writer.submit(Work(forget, context, visible=False)).result()


def _mend(writer: Writer, context: Context) -> None:
    astray, writer.applier.astray = writer.applier.astray, {}
    reconcile(writer, context, tuple(astray))


BOOT = Path("/proc/sys/kernel/random/boot_id")
"""A name that the kernel gives to each start of the machine (random(4))."""


def rebooted(directory: Path) -> bool:
    """Tell whether the machine has started anew since ``note_boot``."""
    note = directory / "boot_id"
    return not note.exists() or note.read_text() != BOOT.read_text()


def note_boot(directory: Path) -> None:
    """Note that everything was planned again since the machine started."""
    (directory / "boot_id").write_text(BOOT.read_text())
