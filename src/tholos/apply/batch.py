"""Batches: planning what was touched, and doing the plan entirely or not at all."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from tholos.apply import aside
from tholos.apply.driver import Driver
from tholos.apply.host import Host
from tholos.apply.journal import Entry, Journal
from tholos.apply.steps import Again, Change, Check, Discard, End, Finish, Forsake, Line, Run, Sql, Step, Write
from tholos.apply.undo import OfServices
from tholos.kernel.log import log, reason
from tholos.kernel.touched import Touched
from tholos.kernel.tx import Changes, State
from tholos.kernel.want import SCOPES


@dataclass(frozen=True)
class Plan:
    """What a batch will do: changes that are not yet so, then checks, then reloads and restarts."""

    changes: tuple[Change, ...] = ()
    finishes: tuple[Finish, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Tell whether nothing is to be done."""
        return not self.changes and not self.finishes

    def kept_trees(self, batch: str) -> list[str]:
        """Where what the plan discards waits for its purge."""
        return [aside.kept_path(step.path, batch) for step in self.changes if isinstance(step, Discard)]

    @property
    def leaves(self) -> bool:
        """Tell whether anything is left to be deleted, ended or dropped after the commit."""
        return any(isinstance(step, Discard | End) or (isinstance(step, Sql) and step.retires) for step in self.changes)

    def forsaken(self) -> list[str]:
        """Servers on which nothing is to be done any more."""
        return [step.server for step in self.changes if isinstance(step, Forsake)]

    def statements(self) -> list[Sql]:
        """What the plan does on database servers."""
        return [step for step in self.changes if isinstance(step, Sql)]


def make_plan(state: State, changes: Changes, drivers: Sequence[Driver], host: Host) -> Plan:
    """Plan every touched thing from the state; what already is as wanted is left out."""
    todo: dict[Change, None] = {}
    wants: dict[Touched, Any] = {}
    finishes: dict[Finish, None] = {}
    for driver in drivers:
        for touched in changes.touched:
            if touched.scope != driver.scope:
                continue
            forced = touched in changes.forced
            if touched not in wants:
                wants[touched] = _wanted(state, changes, touched)
            steps = list(driver.plan(touched.key, wants[touched], host))
            pending = [step for step in steps if isinstance(step, Change) and not host.is_done(step, again=forced)]
            todo.update(dict.fromkeys(pending))
            ends = [step for step in steps if not isinstance(step, Change)]
            finishes.update(dict.fromkeys(step for step in ends if pending or forced or host.is_due(step)))
    return Plan(tuple(todo), tuple(sorted(finishes, key=_phase)))


def _wanted(state: State, changes: Changes, touched: Touched) -> Any:
    """What the state wants of a thing, with the secret that a call has handed over."""
    want, secret = SCOPES[touched.scope].want(state, touched.key), changes.handed.get(touched)
    return want if secret is None or want is None else msgspec.structs.replace(want, handed=secret)


def _phase(step: Step) -> int:
    return 0 if isinstance(step, Check) else 1


class Applier:
    """Does plans to a host, with a journal that takes them back.

    ``astray`` collects what could not be taken back entirely: it must be planned again.
    """

    def __init__(self, host: Host, journal: Journal) -> None:
        self.host = host
        self.journal = journal
        self.astray: dict[Touched, None] = {}

    def apply(self, batch: str, changes: Changes, plan: Plan) -> Entry | None:
        """Do a plan and give its journal entry, None where nothing is to be done.

        When any step fails, everything is taken back and that step's error is raised.
        """
        if plan.is_empty:
            return None
        undo = [taking_back for step in plan.changes for taking_back in self.host.undo_of(step, batch)]
        again = tuple(step for step in plan.finishes if not isinstance(step, Check))
        entry = Entry(batch, tuple(dict.fromkeys(undo)), again, tuple(changes.touched))
        self.journal.begin(entry)
        finished: list[Finish] = []
        try:
            self._change(plan.changes, batch)
            # They must be on the disk before the commit. A service need not wait for that: what it has read is taken
            # back by the journal when the power goes before.
            with self.host.syncing({step.path for step in plan.changes if isinstance(step, Write | Line)}):
                for step in plan.finishes:
                    finished.append(step)
                    self.host.finish(step)
        except BaseException:
            self.take_back(entry, [step for step in finished if not isinstance(step, Check)])
            raise
        return entry

    def _change(self, changes: Iterable[Change], batch: str) -> None:
        lines: dict[str, list[Line]] = {}
        for step in changes:
            if isinstance(step, Line):
                lines.setdefault(step.path, []).append(step)
        waiting = []
        for step in changes:
            if isinstance(step, Run) and step.together:
                waiting.append(step)
            elif not isinstance(step, Line):
                self.host.do(step, batch)
            elif step.path in lines:
                self.host.do_lines(lines.pop(step.path), batch)
        self.host.run_together(waiting)

    def take_back(self, entry: Entry, again: Iterable[Again]) -> None:
        """Undo changes from the last to the first, have the services read them again, and end the entry.

        What a service has of its own comes after all files, because it reads them when it is told.
        """
        backwards = list(reversed(entry.undo))
        for step in sorted(backwards, key=lambda step: isinstance(step, OfServices)):
            try:
                self.host.undo(step)
            except Exception as error:  # Every other undo must still be tried; reconcile mends what is left.
                log.error("undo failed", step=repr(step)[:200], error=reason(error))
                self.astray.update(dict.fromkeys(entry.touched))
        for service in again:
            try:
                self.host.finish(service)
            except Exception as error:
                log.error("a service did not take its old configuration", step=repr(service), error=reason(error))
                self.astray.update(dict.fromkeys(entry.touched))
        self.journal.end(durably=True)

    def settle(self, entry: Entry) -> None:
        """The batch is committed: forget how to take it back."""
        for step in entry.undo:
            try:
                self.host.settle(step)
            except OSError as error:  # The batch is done; a name that is left over harms nobody.
                log.error("could not forget an old version", step=repr(step)[:200], error=reason(error))
        try:
            self.journal.end()
        except OSError as error:  # The next entry takes its place; after a crash it is found to be committed.
            log.error("could not forget the journal", batch=entry.batch, error=reason(error))

    def close(self) -> None:
        """Close the host and the journal."""
        self.host.close()
        self.journal.close()
