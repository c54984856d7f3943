"""Batches: planning what was touched, and doing the plan entirely or not at all."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import structlog

from tholos.apply.driver import Driver
from tholos.apply.host import Host
from tholos.apply.journal import Entry, Journal
from tholos.apply.steps import Change, Check, Discard, Line, Reload, Restart, Step
from tholos.apply.undo import Undo
from tholos.kernel.tx import Changes, State
from tholos.kernel.want import SCOPES

log = structlog.get_logger()
Finish = Check | Reload | Restart


@dataclass(frozen=True)
class Plan:
    """What a batch will do: changes that are not yet so, then checks, then reloads and restarts."""

    changes: tuple[Change, ...] = ()
    finishes: tuple[Finish, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Tell whether nothing is to be done."""
        return not self.changes and not self.finishes

    @property
    def discards(self) -> tuple[Discard, ...]:
        """The paths that are moved aside and purged after the commit."""
        return tuple(step for step in self.changes if isinstance(step, Discard))


def make_plan(state: State, changes: Changes, drivers: Sequence[Driver], host: Host) -> Plan:
    """Plan every touched thing from the state; what already is as wanted is left out."""
    todo: dict[Change, None] = {}
    finishes: dict[Finish, None] = {}
    for driver in drivers:
        for touched in changes.touched:
            if touched.scope != driver.scope:
                continue
            want = SCOPES[touched.scope].want(state, touched.key)
            steps = list(driver.plan(touched.key, want, host))
            pending = [step for step in steps if isinstance(step, Change) and not host.is_done(step)]
            todo.update(dict.fromkeys(pending))
            if pending or touched in changes.forced:
                finishes.update(dict.fromkeys(step for step in steps if not isinstance(step, Change)))
    return Plan(tuple(todo), tuple(sorted(finishes, key=_phase)))


def _phase(step: Step) -> int:
    return 0 if isinstance(step, Check) else 1


class Applier:
    """Does plans to a host, with a journal that takes them back."""

    def __init__(self, host: Host, journal: Journal) -> None:
        self.host = host
        self.journal = journal

    def apply(self, batch: str, changes: Changes, plan: Plan) -> None:
        """Do a plan; when any step fails, take everything back and raise that step's error."""
        if plan.is_empty:
            return
        undo = [self.host.undo_of(step, batch) for step in plan.changes]
        entry = Entry(
            batch=batch,
            undo=tuple(step for step in undo if step is not None),
            reloads=tuple(step for step in plan.finishes if isinstance(step, Reload)),
            discards=plan.discards,
            touched=tuple(changes.touched),
        )
        self.journal.begin(entry)
        finished: list[Finish] = []
        try:
            self._change(plan.changes, batch)
            for step in plan.finishes:
                finished.append(step)
                self.host.finish(step)
        except BaseException:
            self.take_back(entry.undo, [step for step in finished if isinstance(step, Reload)])
            self.journal.end()
            raise

    def _change(self, changes: Iterable[Change], batch: str) -> None:
        lines: dict[str, list[Line]] = {}
        for step in changes:
            if isinstance(step, Line):
                lines.setdefault(step.path, []).append(step)
        for step in changes:
            if not isinstance(step, Line):
                self.host.do(step, batch)
            elif step.path in lines:
                self.host.do_lines(step.path, lines.pop(step.path))

    def take_back(self, undo: Sequence[Undo], reloads: Iterable[Reload]) -> None:
        """Undo changes from the last to the first, then have the services that read them read them again."""
        for step in reversed(undo):
            try:
                self.host.undo(step)
            except Exception as error:  # Every other undo must still be tried; reconcile mends what is left.
                log.error("undo failed", step=type(step).__name__, error=str(error))
        for reload in reloads:
            try:
                self.host.finish(reload)
            except Exception as error:
                log.error("reload after undo failed", service=reload.service, error=str(error))
