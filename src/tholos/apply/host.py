"""The host: does steps to a machine, and undoes them.

``Host("/")`` is the machine itself. A rehearsal is the same code on a directory: files go into it without owners, and
commands and reloads are written to a log instead of being run.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence
from pathlib import Path

from tholos.apply import files, paths, reload
from tholos.apply.files import Tree
from tholos.apply.steps import (
    Change,
    Check,
    Directory,
    Discard,
    Line,
    Link,
    Reload,
    Remove,
    Restart,
    Run,
    Step,
    Write,
)
from tholos.apply.undo import RunBack, Undo, carry_out, undo_of
from tholos.kernel.errors import ServiceFailed

COMMAND_TIMEOUT = 120
"""Seconds after which a command that a step runs is given up."""
_ENVIRONMENT = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C.UTF-8"}


class Host:
    """A machine that steps are done to; ``rehearse`` makes it a recording directory."""

    def __init__(self, root: str | Path = "/", *, rehearse: bool = False) -> None:
        self.root = Path(root)
        self.rehearse = rehearse
        if rehearse:
            self.root.mkdir(parents=True, exist_ok=True)
        self.tree = Tree(os.open(self.root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC), owners=not rehearse)

    def read(self, path: str) -> bytes | None:
        """A file's content, or None; no link is followed."""
        found = paths.read(self.tree.root, path)
        return None if found is None else found[0]

    def exists(self, path: str) -> bool:
        """Tell whether anything is at a path."""
        return paths.status(self.tree.root, path) is not None

    def is_done(self, step: Change) -> bool:
        """Tell whether the machine already is as the step wants it."""
        match step:
            case Write():
                return files.is_written(self.tree, step)
            case Directory():
                return files.is_directory(self.tree, step)
            case Remove():
                return files.is_removed(self.tree, step)
            case Link():
                return files.is_linked(self.tree, step)
            case Discard():
                return files.is_discarded(self.tree, step)
            case Line():
                return files.has_line(self.tree, step)
            case Run():
                return False

    def undo_of(self, step: Change, batch: str) -> Undo | None:
        """What takes the step back, computed before it is done."""
        return undo_of(self.tree, step, batch)

    def do(self, step: Change, batch: str) -> None:
        """Do one change. Lines are done together by ``do_lines``."""
        match step:
            case Write():
                files.write(self.tree, step)
            case Directory():
                files.make_directory(self.tree, step)
            case Remove():
                files.remove(self.tree, step)
            case Link():
                files.link(self.tree, step)
            case Discard():
                files.move(self.tree, step.path, files.trash_path(step.path, batch))
            case Line():
                self.do_lines(step.path, [step])
            case Run():
                self.run(step.argv)

    def do_lines(self, path: str, lines: Sequence[Line]) -> None:
        """Change several lines of one file in one rewrite."""
        files.set_lines(self.tree, path, {line.key: line.text for line in lines})

    def undo(self, undo: Undo) -> None:
        """Take a change back."""
        if isinstance(undo, RunBack):
            self.run(undo.argv, must_succeed=False)
        else:
            carry_out(self.tree, undo)

    def finish(self, step: Check | Reload | Restart) -> None:
        """Check a configuration, or have a service take it up; raise ServiceFailed with the service's words."""
        match step:
            case Check():
                self.run(step.argv)
            case Restart():
                self.run(("systemctl", step.action, step.unit))
            case Reload() if self.rehearse:
                self._record(("reload", step.service))
            case Reload():
                reload.reload(step)

    def run(self, argv: tuple[str, ...], *, must_succeed: bool = True) -> str:
        """Run a command without a shell and give what it printed; raise ServiceFailed when it fails."""
        if self.rehearse:
            self._record(argv)
            return ""
        try:
            done = subprocess.run(
                argv,
                env=_ENVIRONMENT,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                timeout=COMMAND_TIMEOUT,
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            if must_succeed:
                raise ServiceFailed(f"{argv[0]} could not be run: {error}") from error
            return ""
        output = done.stdout.decode(errors="replace").strip()
        if done.returncode != 0 and must_succeed:
            raise ServiceFailed(f"{' '.join(argv[:3])} failed: {output}")
        return output

    def purge(self, step: Discard, batch: str) -> None:
        """Delete for good what ``Discard`` moved aside."""
        files.purge(self.tree, files.trash_path(step.path, batch))

    def _record(self, argv: tuple[str, ...]) -> None:
        with (self.root / "commands.log").open("a") as log:
            log.write(" ".join(argv) + "\n")


def flatten(steps: Sequence[Step]) -> list[Step]:
    """Leave out repeated steps, keeping the first of changes and the last of everything else in place."""
    return list(dict.fromkeys(steps))
