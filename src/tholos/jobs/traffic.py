"""The job that counts what sites have sent, and that begins a new month.

What is counted and how far a log is counted are committed together, so a kill at any point neither loses nor repeats a
line. A month begins once everything before it is counted and recorded.
"""

from __future__ import annotations

import threading
from functools import partial

from tholos.apply.host import Host
from tholos.apply.readings.traffic import Piece, Traffic
from tholos.jobs.state import JobState
from tholos.kernel.log import log
from tholos.kernel.tx import Tx
from tholos.resources.stats import clock, months
from tholos.resources.stats.tenures import Tenures, newest
from tholos.resources.stats.traffic import add, counted, forget_logs, served_site, want_log

TOGETHER = 20
"""Accounts whose figures are recorded in one change."""


class TrafficJob:
    """Counts traffic, and records the figures of months; everything for one caller at a time."""

    def __init__(self, state: JobState, host: Host) -> None:
        self._state = state
        self._logs = Traffic(host)
        self._lock = threading.Lock()
        self._tenures = Tenures()

    def count(self) -> None:
        """Count what there is until now."""
        with self._lock:
            self._count()

    def round(self) -> None:
        """Count what there is until now; begin the month or record the day where it is due."""
        with self._lock:
            self._count()
            self._turn()
            if self._logs.is_lost() and self._is_written():
                log.warning("the log of traffic was taken away; nginx opens it anew")
                self._state.change(want_log)

    def _is_written(self) -> bool:
        with self._state.reading() as state:
            return served_site(state) is not None

    def record(self) -> None:
        """Record every account's figures for the month that is shown, then the sums of the node."""
        with self._lock:
            self._record()

    def _count(self) -> None:
        while not self._count_once():
            """A site got a name while its log was read, or somebody else counted: what was read is read again."""

    def _count_once(self) -> bool:
        with self._state.reading() as state:
            self._tenures.refresh(state)
            places, known = counted(state), self._tenures.newest
            contested = self._tenures.contested(state.context.now)
        return all(self._commit(piece, known) for piece in self._logs.pieces(places, contested))

    def _commit(self, piece: Piece, known: int) -> bool:
        owners = self._tenures.owners(piece.sums)

        def change(tx: Tx) -> bool:
            return newest(tx) <= known and add(tx, piece, owners)

        return self._state.change(change)

    def _turn(self) -> None:
        with self._state.reading() as state:
            due = clock.due(state)
        if due.day or due.month:
            self._record()
            self._state.change(lambda tx: forget_logs(tx, self._logs.logs()))
        if due.month:
            self._state.change(clock.begin_month)
            # Those that ended long ago are there no longer.
            self._tenures = Tenures()
            self._record()

    def _record(self) -> None:
        name = ""
        while True:
            with self._state.reading() as state:
                names = months.names_after(state, name, TOGETHER)
            if not names:
                break
            name = names[-1]
            self._state.change(partial(_record_some, names=names))
        self._state.change(clock.note_day)


def _record_some(tx: Tx, names: list[str]) -> None:
    for name in names:
        months.record_if_there(tx, name)
