"""Programs that read what others have written: each runs by itself, with nothing of the machine but what it needs.

A transient unit (systemd-run(1)) has a user that exists only as long (DynamicUser), an empty root with the libraries
and this one program in it, no network unless the server is elsewhere, no capabilities, and its password in a file that
only it can read (systemd.exec(5), LoadCredential). There is no shell in it that a program could be made to start.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from tholos.apply import commands
from tholos.jobs.run import Run
from tholos.kernel.errors import DiskFull, Refusal, ServiceFailed

EMPTY = Path("/run/tholos/empty")
"""The root of every sandbox, before what it needs is mounted in it."""
SECRET = "login"  # noqa: S105 - a file's name
_LIBRARIES = "/usr/lib -/lib -/lib64 -/etc/alternatives -/etc/ld.so.cache -/usr/share/zoneinfo"
_NETWORK = "-/etc/hosts -/etc/resolv.conf -/etc/nsswitch.conf -/etc/ssl -/usr/share/ca-certificates"
_SOCKETS = "-/run/mysqld -/run/postgresql"
_ENVIRONMENT = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C.UTF-8"}
_LIMITS = (
    "DynamicUser=yes",
    f"RootDirectory={EMPTY}",
    "MountAPIVFS=yes",
    "PrivateDevices=yes",
    "PrivateTmp=yes",
    "PrivateIPC=yes",
    "ProtectProc=invisible",
    "ProcSubset=pid",
    "NoNewPrivileges=yes",
    "CapabilityBoundingSet=",
    "RestrictNamespaces=yes",
    "RestrictRealtime=yes",
    "LockPersonality=yes",
    "SystemCallArchitectures=native",
    "SystemCallFilter=@system-service",
    "SystemCallErrorNumber=EPERM",
    "MemoryMax=1G",
    "TasksMax=32",
    "LimitCORE=0",
)
_LOOK = 0.1
"""Seconds between two looks at whether programs have ended, or are no longer wanted."""
_MOST_SAID = 4000
_NO_SPACE = re.compile(r"No space left|errno:? 28\b")


@dataclass(frozen=True)
class Program:
    """A program with its arguments; ``{secret}`` in them, and in the environment, is the file of its password.

    ``remote`` tells whether it speaks to another machine, ``refusal`` is what a job ends with in which it fails.
    """

    argv: tuple[str, ...]
    secret: str = ""
    environment: tuple[str, ...] = ()
    remote: bool = False
    refusal: type[Refusal] = ServiceFailed


class _Started:
    """A program that was started, and what it says on its standard error."""

    def __init__(self, program: Program, process: subprocess.Popen[bytes]) -> None:
        self.program = program
        self.process = process
        self._said: list[bytes] = []
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._listener.start()

    def words(self) -> str:
        """What it has said; of very much only the beginning."""
        self._listener.join(1)
        return b"".join(self._said).decode(errors="replace")

    def _listen(self) -> None:
        length = 0
        stream = self.process.stderr
        while stream is not None and (part := os.read(stream.fileno(), 4096)):
            if length < _MOST_SAID:
                self._said.append(part)
                length += len(part)


class Sandbox:
    """The programs of one job, side by side; ``with`` ends whatever of them, or of an earlier attempt, still runs."""

    def __init__(self, job: str, place: Path) -> None:
        self._prefix = f"tholos-job-{job}"
        self._place = place / job
        self._started: list[_Started] = []

    def __enter__(self) -> Sandbox:
        self._place.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._stop()
        return self

    def __exit__(self, *_: object) -> None:
        self.end()

    def end(self) -> None:
        """End every program that still runs."""
        self._stop()
        for started in self._started:
            with suppress(OSError):
                started.process.kill()
            started.process.wait()
        for file in self._place.glob(f"{SECRET}.*"):
            file.unlink(missing_ok=True)

    def _stop(self) -> None:
        commands.run(("systemctl", "stop", "--quiet", f"{self._prefix}-*.service"), must_succeed=False)

    def start(self, program: Program, stdin: int | IO[bytes], stdout: int | IO[bytes]) -> subprocess.Popen[bytes]:
        """Start a program between two files, descriptors or pipes; raise ServiceFailed when it is not installed."""
        if not Path(program.argv[0]).exists():
            raise ServiceFailed(f"{program.argv[0]} is not installed")
        EMPTY.mkdir(parents=True, exist_ok=True)
        EMPTY.chmod(0o755)
        unit = f"{self._prefix}-{len(self._started)}"
        process = subprocess.Popen(
            self._command(unit, program), stdin=stdin, stdout=stdout, stderr=subprocess.PIPE, env=_ENVIRONMENT
        )
        self._started.append(_Started(program, process))
        return process

    def _command(self, unit: str, program: Program) -> list[str]:
        private = f"/run/credentials/{unit}.service/{SECRET}"
        properties = [*_LIMITS, f"BindReadOnlyPaths={_LIBRARIES} {_SOCKETS} {program.argv[0]}"]
        properties += [f"BindReadOnlyPaths={_NETWORK}"] if program.remote else ["PrivateNetwork=yes"]
        properties += [f"Environment={pair.format(secret=private)}" for pair in program.environment]
        if program.secret:
            properties.append(f"LoadCredential={SECRET}:{self._secret(unit, program.secret)}")
        options = [word for text in properties for word in ("--property", text)]
        argv = [word.format(secret=private) if "{secret}" in word else word for word in program.argv]
        head = ["systemd-run", "--quiet", "--collect", "--pipe", "--wait", f"--unit={unit}", "--service-type=exec"]
        return [*head, *options, "--", *argv]

    def _secret(self, unit: str, secret: str) -> Path:
        path = self._place / f"{SECRET}.{unit}"
        path.unlink(missing_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(secret)
        return path

    def wait(self, check: Callable[[], None]) -> None:
        """Wait for all programs; raise the Refusal of the first that fails. ``check`` may end the waiting."""
        waiting = [*self._started]
        while waiting:
            check()
            failed = [one for one in waiting if one.process.poll() not in (None, 0)]
            if failed:
                raise _failure(failed)
            waiting = [one for one in waiting if one.process.returncode is None]
            with suppress(subprocess.TimeoutExpired):
                if waiting:
                    waiting[0].process.wait(_LOOK)


def _failure(failed: Sequence[_Started]) -> Refusal:
    """Why programs failed; where a client of a server has, its neighbours have only lost their pipe."""
    for started in failed:
        if _NO_SPACE.search(started.words()):
            return DiskFull("no space is left for it")
    started = max(failed, key=lambda one: (bool(one.program.secret), bool(one.words())))
    line = _first_line(started.words()) or f"exit code {started.process.returncode}"
    return started.program.refusal(f"{Path(started.program.argv[0]).name} failed :: {line}")


def _first_line(words: str) -> str:
    """What a program says first that tells what is wrong, without what it quotes, which may be anybody's secret."""
    lines = [line.strip() for line in words.splitlines()]
    telling = [line for line in lines if "ERROR" in line or "rror:" in line or "permission denied" in line] or lines
    return telling[0].partition(" near '")[0][:300] if telling and telling[0] else ""


class Rehearsed(Sandbox):
    """The sandbox of a rehearsal: what would be run is a line of its log, and what comes in goes out."""

    def __init__(self, job: str, place: Path, root: Path) -> None:
        super().__init__(job, place)
        self._log = root / "commands.log"

    def _stop(self) -> None:
        """Nothing runs."""

    def start(self, program: Program, stdin: int | IO[bytes], stdout: int | IO[bytes]) -> subprocess.Popen[bytes]:
        """Write down what would be started."""
        with self._log.open("a") as log:
            log.write(f"sandbox {' '.join(program.argv)}\n")
        process = subprocess.Popen(["/bin/cat"], stdin=stdin, stdout=stdout, stderr=subprocess.DEVNULL)
        self._started.append(_Started(program, process))
        return process


def sandbox(run: Run) -> Sandbox:
    """A sandbox for the programs of a job."""
    return Rehearsed(run.id, run.place, run.host.root) if run.host.rehearse else Sandbox(run.id, run.place)


def clear(run: Run) -> None:
    """End what an earlier attempt of a job may have left running."""
    with sandbox(run):
        pass


def forget(run: Run) -> None:
    """Remove what a job kept in its directory."""
    shutil.rmtree(run.place / run.id, ignore_errors=True)
