"""Speaking to a server over SSH: the same commands, run by its own shell, which is why every value is quoted for it.

The reference sends four arguments at most. The key is that of root, or of the account of the login's name. A zone takes
several commands, so those of a round share one connection, which ssh(1) makes with the first, and ends itself when
nobody does (ControlMaster and ControlPersist in ssh_config(5)).
"""

from __future__ import annotations

import shlex
import subprocess
from contextlib import suppress
from pathlib import Path

from tholos.jobs.slave import MOST, Address, Unanswered

PROGRAMS = "/usr/local/hestia/bin"
PATIENCE = 300
ENDING = 5
SHARED = Path("/run/tholos/ssh")
"""Where the sockets of connections are; whoever opens one speaks as us."""
_OPTIONS = (
    "BatchMode=yes",
    "StrictHostKeyChecking=accept-new",
    "ConnectTimeout=10",
    "ServerAliveInterval=15",
    "LogLevel=ERROR",
    "ControlMaster=auto",
    "ControlPersist=30",
    f"ControlPath={SHARED}/%C",
)
ARGUMENTS = 4
_FAILED = 255
"""The exit code of ssh(1) itself when it could not do its work."""


class SshSlave:
    """A server behind SSH."""

    def __init__(self, address: Address) -> None:
        home = "/root" if address.login == "root" else f"/home/{address.login}"
        SHARED.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._argv = ["ssh", *(word for option in _OPTIONS for word in ("-o", option)), "-i", f"{home}/.ssh/id_rsa"]
        self._argv += ["-p", str(address.port), "--", f"{address.login}@{address.host}"]
        self._sudo = "" if address.login == "root" else "sudo "

    def call(self, command: str, *arguments: str) -> int:
        """Run a command and give its exit code."""
        return self._run(self._line(command, *arguments)).returncode

    def put(self, path: str, content: str) -> int:
        """Put a text down as a file of root's."""
        return self._run(f"{self._sudo}tee -- {shlex.quote(path)} >/dev/null", f"{content}\n").returncode

    def ask(self, command: str, *arguments: str, most: int = MOST) -> str | None:
        """What a command prints, or None."""
        argv = [*self._argv, self._line(command, *arguments)]
        try:
            text = _beginning(argv, most)
        except (OSError, subprocess.SubprocessError) as error:
            raise Unanswered(f"ssh: {type(error).__name__}") from None
        return None if text is None else text.decode(errors="replace")

    def pause(self) -> None:
        """End the connection: whether our key is still good is asked again with the next call."""
        argv = [*self._argv[:-2], "-O", "exit", *self._argv[-2:]]
        with suppress(OSError, subprocess.TimeoutExpired):
            subprocess.run(argv, stdin=subprocess.DEVNULL, capture_output=True, timeout=ENDING, check=False)

    def close(self) -> None:
        """End the connection."""
        self.pause()

    def _line(self, command: str, *arguments: str) -> str:
        four = (*arguments, *[""] * ARGUMENTS)[:ARGUMENTS]
        return f"{self._sudo}{PROGRAMS}/{command} {' '.join(map(shlex.quote, four))}"

    def _run(self, line: str, text: str = "") -> subprocess.CompletedProcess[bytes]:
        try:
            done = subprocess.run(
                [*self._argv, line],
                input=text.encode(),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                timeout=PATIENCE,
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise Unanswered(f"ssh: {type(error).__name__}") from None
        if done.returncode == _FAILED:
            words = done.stderr.decode(errors="replace").strip().splitlines()
            raise Unanswered(f"ssh: {words[-1][:200] if words else 'failed'}")
        return done


def _beginning(argv: list[str], most: int) -> bytes | None:
    """What a command prints over ssh(1), no more bytes than ``most``; None when it failed, Unanswered when ssh did."""
    nothing = subprocess.DEVNULL
    with subprocess.Popen(argv, stdin=nothing, stdout=subprocess.PIPE, stderr=nothing) as program:
        try:
            head = ["head", "-c", str(most)]
            text = subprocess.run(head, stdin=program.stdout, capture_output=True, timeout=PATIENCE, check=True).stdout
            code = 0 if len(text) == most else program.wait(ENDING)
        finally:
            program.kill()
    if code == _FAILED:
        raise Unanswered("ssh: failed")
    return text if code == 0 else None
