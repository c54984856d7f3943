"""A login shell that confines whoever has it to its own home (bwrap(1)), and its line in shells(5)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from tholos.apply.driver import Driver
from tholos.apply.host import Host
from tholos.apply.steps import Remove, Step, Write
from tholos.kernel.touched import Key
from tholos.resources.system.ssh_jail import JAIL_SHELL, SshJailWant

_PROGRAM = f"/usr/sbin/{JAIL_SHELL}"
_SHELLS = "/etc/shells"
_SOURCE = Path(__file__).parent / JAIL_SHELL


def plan(key: Key, want: SshJailWant | None, host: Host) -> Iterator[Step]:
    """The shell, and that it may be chosen."""
    listed = host.read(_SHELLS) or b""
    if want is not None:
        yield Write(_PROGRAM, _SOURCE.read_bytes(), 0o755)
        yield Write(_SHELLS, with_shell(listed))
    else:
        yield Write(_SHELLS, without_shell(listed))
        yield Remove(_PROGRAM)


def with_shell(listed: bytes) -> bytes:
    """The file with a line for the shell; every other line stays."""
    lines = listed.splitlines()
    return listed if _PROGRAM.encode() in lines else b"".join(line + b"\n" for line in (*lines, _PROGRAM.encode()))


def without_shell(listed: bytes) -> bytes:
    """The file without it."""
    return b"".join(line for line in listed.splitlines(keepends=True) if line.strip() != _PROGRAM.encode())


DRIVER = Driver("ssh_jail", "ssh jail", 8, plan)
