"""The host: does steps to a machine, and undoes them.

``Host("/")`` is the machine itself. A rehearsal is the same code on a directory: files go into it without owners, and
commands and reloads are written to a log instead of being run.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tholos.apply import aside, commands, files, freshen, lines, paths, reload, trees, undo
from tholos.apply.files import Tree
from tholos.apply.named import doing
from tholos.apply.named.rehearsed import RehearsedNamed
from tholos.apply.named.server import Named, Server
from tholos.apply.sql.recorded import Recorded
from tholos.apply.sql.retired import Retired, Thing
from tholos.apply.sql.servers import Servers
from tholos.apply.steps import (
    Change,
    Check,
    Directory,
    Discard,
    End,
    Finish,
    Forsake,
    Freshen,
    Give,
    Line,
    Link,
    Load,
    Member,
    Move,
    Postpone,
    ReadUnits,
    Reconfigure,
    Reload,
    Remove,
    Restart,
    Run,
    Sql,
    Statement,
    Write,
    Zone,
)
from tholos.apply.undo import MemberBack, RunBack, SqlBack, Undo, ZoneBack
from tholos.kernel.errors import ServiceFailed

SIDE_BY_SIDE = 16
"""How many files are brought to the disk at the same time."""


class Host:
    """A machine that steps are done to; ``rehearse`` makes it a recording directory."""

    def __init__(self, root: str | Path = "/", *, rehearse: bool = False) -> None:
        self.root = Path(root)
        self.rehearse = rehearse
        if rehearse:
            self.root.mkdir(parents=True, exist_ok=True)
        self.tree = Tree(os.open(self.root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC), owners=not rehearse)
        zones = self.root / "named"
        self.named: Server = RehearsedNamed(zones, self._record) if rehearse else Named(self.tree.root)
        self.servers = Recorded(self.root, self.read) if rehearse else Servers(self.read)
        self.retired = Retired()
        self.remembered: dict[Thing, Any] | None = None
        self._disk = ThreadPoolExecutor(SIDE_BY_SIDE, thread_name_prefix="sync")

    @contextmanager
    def remembering(self) -> Iterator[None]:
        """Ask database servers once for each thing while calls are carried out and planned, and nothing is done yet."""
        self.remembered = {}
        try:
            yield
        finally:
            self.remembered = None

    def read(self, path: str, most: int = -1) -> bytes | None:
        """A file's content, all of it or ``most`` bytes, or None; no link is followed."""
        found = paths.read(self.tree.root, path, most)
        return None if found is None else found[0]

    def exists(self, path: str) -> bool:
        """Tell whether anything is at a path."""
        return paths.status(self.tree.root, path) is not None

    def is_done(self, step: Change, *, again: bool = False) -> bool:
        """Tell whether the machine already is as the step wants it; ``again`` looks closer (see files.is_directory)."""
        match step:
            case Write():
                return files.is_written(self.tree, step)
            case Directory():
                return files.is_directory(self.tree, step, again=again)
            case Remove() | Discard():
                return files.is_absent(self.tree, step)
            case Link():
                return files.is_linked(self.tree, step)
            case Line():
                return lines.has_line(self.tree, step)
            case Move():
                return not self.exists(step.path)
            case Give() | Sql() | End() | Postpone() | Forsake():
                return False
            case Zone() | Member():
                return doing.is_done(self.named, step)
            case Run():
                created = bool(step.creates) and self.exists(step.creates)
                return created or (bool(step.removes) and not self.exists(step.removes))

    def is_due(self, step: Finish) -> bool:
        """Tell whether a service has not taken up what it has, although nothing in it changes now."""
        return isinstance(step, Load) and not self.named.is_current(step.zone, step.path)

    def undo_of(self, step: Change, batch: str) -> tuple[Undo, ...]:
        """What takes the step back, computed before it is done."""
        if isinstance(step, Zone | Member):
            return (doing.undo_of(self.named, step),)
        return undo.undo_of(self.tree, step, batch)

    def do(self, step: Change, batch: str) -> None:
        """Do one change; what it replaces is kept aside under the batch's name until ``settle``."""
        match step:
            case Write():
                files.write(self.tree, step, batch)
            case Directory():
                files.make_directory(self.tree, step)
            case Remove() | Discard():
                files.set_aside(self.tree, step, batch)
            case Link():
                files.link(self.tree, step, batch)
            case Line():
                self.do_lines([step], batch)
            case Move():
                trees.move(self.tree, step.path, step.target)
            case Give():
                trees.give(self.tree, step.path, step.before, step.after)
            case Run() | Sql() | Zone() | Member():
                self._say(step)
            case End() | Postpone() | Forsake():
                pass

    def _say(self, step: Run | Sql | Zone | Member) -> None:
        if isinstance(step, Run):
            self.run(step.argv, creates=step.creates, removes=step.removes)
        elif isinstance(step, Zone | Member):
            doing.do(self.named, step)
        else:
            if step.creates:
                self.retired.reclaim((step.server, step.creates))
            self.servers.run(step.server, [step.statement], creates=step.creates)

    def do_lines(self, steps: Sequence[Line], batch: str) -> None:
        """Change several lines of one file in one rewrite."""
        lines.set_lines(self.tree, steps, batch)

    def run_together(self, steps: Sequence[Run]) -> None:
        """Run commands that differ in their last argument alone as one: each has a program to start and to wait for."""
        alike: dict[tuple[str, ...], list[Run]] = {}
        for step in steps:
            alike.setdefault(step.argv[:-1], []).append(step)
        for head, group in alike.items():
            self.run((*head, *(step.argv[-1] for step in group)))
            for step in group:
                self._pretend(step.creates, step.removes)

    @contextmanager
    def syncing(self, changed: Iterable[str]) -> Iterator[None]:
        """Bring the files at these paths to the disk meanwhile; at the end they are there.

        They go there side by side: a file system commits its journal once for all of them (jbd2), where one after the
        other would each wait for a commit of its own.
        """
        going = [self._disk.submit(files.sync, self.tree, path) for path in changed]
        try:
            yield
        finally:
            wait(going)
        for each in going:
            each.result()

    def close(self) -> None:
        """End the threads that bring files to the disk, and the connections to name server and database servers."""
        self.named.close()
        self._disk.shutdown(wait=False)
        self.servers.close()

    def drop(self, server: str, thing: str, statements: Sequence[Statement]) -> None:
        """Drop for good what a batch retired on a database server, unless it has been made anew."""
        self.retired.drop((server, thing), lambda: self.servers.drop(server, thing, statements))

    def undo(self, step: Undo) -> None:
        """Take a change back."""
        if isinstance(step, RunBack):
            self.run(step.argv, must_succeed=False, creates=step.creates, removes=step.removes)
        elif isinstance(step, ZoneBack | MemberBack):
            doing.do(self.named, step)
        elif isinstance(step, SqlBack):
            self.servers.run(step.server, step.statements, removes=step.removes)
        else:
            undo.carry_out(self.tree, step)

    def settle(self, step: Undo) -> None:
        """Forget how to take a change back."""
        undo.settle(self.tree, step)

    def finish(self, step: Finish) -> None:
        """Check a configuration, or have a service take it up; raise ServiceFailed with the service's words."""
        match step:
            case Check():
                self._check(step)
            case Restart():
                self.run(("systemctl", *(() if step.wait else ("--no-block",)), step.action, step.unit))
            case ReadUnits():
                self.run(("systemctl", "daemon-reload"))
            case Load():
                self.named.load(step.zone, step.path)
            case Freshen() if not self.rehearse:
                freshen.freshen(self.tree.root, step.path)
            case Freshen():
                self._record(("freshen", step.path))
            case Reconfigure():
                self.named.reconfigure()
            case Reload() if self.rehearse:
                self._record(("reload", step.service))
            case Reload():
                reload.reload(step)

    def _check(self, step: Check) -> None:
        try:
            self.run(step.argv)
        except ServiceFailed as failure:
            lines = [line for line in failure.text.splitlines() if step.shown in line]
            raise ServiceFailed("\n".join(lines) or failure.text) from failure

    def run(self, argv: tuple[str, ...], *, must_succeed: bool = True, creates: str = "", removes: str = "") -> str:
        """Run a command without a shell and give what it printed; raise ServiceFailed when it fails."""
        if not self.rehearse:
            return commands.run(argv, must_succeed=must_succeed)
        self._record(argv)
        self._pretend(creates, removes)
        return ""

    def _pretend(self, creates: str, removes: str) -> None:
        """In a rehearsal, do to paths what a command would have done."""
        if not self.rehearse:
            return
        if creates:
            (self.root / creates.lstrip("/")).parent.mkdir(parents=True, exist_ok=True)
            (self.root / creates.lstrip("/")).touch()
        if removes:
            (self.root / removes.lstrip("/")).unlink(missing_ok=True)

    def purge(self, kept: str) -> None:
        """Delete for good what a discard moved aside."""
        aside.purge(self.tree.root, kept)

    def _record(self, argv: tuple[str, ...]) -> None:
        with (self.root / "commands.log").open("a") as log:
            log.write(" ".join(argv) + "\n")
