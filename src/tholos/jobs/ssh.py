"""Speaking to a server over SSH: the same commands, run by its own shell, which is why every value is quoted for it.

The reference sends four arguments at most. The key is that of root, or of the account of the login's name.
"""

from __future__ import annotations

import shlex
import subprocess

from tholos.jobs.slave import Address, Unreachable

PROGRAMS = "/usr/local/hestia/bin"
PATIENCE = 300
ARGUMENTS = 4
_FAILED = 255
"""The exit code of ssh(1) itself when it could not do its work."""


class SshSlave:
    """A server behind SSH."""

    def __init__(self, address: Address) -> None:
        home = "/root" if address.login == "root" else f"/home/{address.login}"
        options = ["BatchMode=yes", "StrictHostKeyChecking=accept-new", "ConnectTimeout=10", "LogLevel=ERROR"]
        self._argv = ["ssh", *(word for option in options for word in ("-o", option)), "-i", f"{home}/.ssh/id_rsa"]
        self._argv += ["-p", str(address.port), "--", f"{address.login}@{address.host}"]
        self._sudo = "" if address.login == "root" else "sudo "

    def call(self, command: str, *arguments: str) -> int:
        """Run a command and give its exit code."""
        return self._run(self._line(command, *arguments)).returncode

    def put(self, path: str, content: str) -> int:
        """Put a text down as a file of root's."""
        return self._run(f"{self._sudo}tee -- {shlex.quote(path)} >/dev/null", f"{content}\n").returncode

    def ask(self, command: str, *arguments: str) -> str | None:
        """What a command prints, or None."""
        done = self._run(self._line(command, *arguments))
        return done.stdout.decode(errors="replace") if done.returncode == 0 else None

    def close(self) -> None:
        """Nothing is kept open."""

    def _line(self, command: str, *arguments: str) -> str:
        four = (*arguments, *[""] * ARGUMENTS)[:ARGUMENTS]
        return f"{self._sudo}{PROGRAMS}/{command} {' '.join(map(shlex.quote, four))}"

    def _run(self, line: str, text: str = "") -> subprocess.CompletedProcess[bytes]:
        try:
            done = subprocess.run(
                [*self._argv, line], input=text.encode(), capture_output=True, timeout=PATIENCE, check=False
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise Unreachable(f"ssh: {type(error).__name__}") from None
        if done.returncode == _FAILED:
            words = done.stderr.decode(errors="replace").strip().splitlines()
            raise Unreachable(f"ssh: {words[-1][:200] if words else 'failed'}")
        return done
