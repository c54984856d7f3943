"""Readings of the machine that commands may ask for, each a function by name; nothing here changes anything."""

from __future__ import annotations

import grp
import pwd
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from tholos.apply import paths
from tholos.apply.host import Host

LONGEST_TAIL = 1024 * 1024
"""How many bytes of a log one answer holds at most."""
Reading = Callable[..., Any]
READINGS: dict[str, Reading] = {}


def reading(name: str) -> Callable[[Reading], Reading]:
    """Register the decorated function, which takes the host and the arguments, as a reading."""

    def register(function: Reading) -> Reading:
        READINGS[name] = function
        return function

    return register


class HostMachine:
    """The machine behind a host, as commands see it (the Machine protocol of the kernel)."""

    def __init__(self, host: Host) -> None:
        self._host = host

    def read(self, what: str, *arguments: str) -> Any:
        """Give a reading by name; KeyError when there is no such reading."""
        return READINGS[what](self._host, *arguments)


@reading("exists")
def exists(host: Host, path: str) -> bool:
    """Tell whether anything is at a path."""
    return host.exists(path)


@reading("program")
def program(host: Host, path: str) -> bool:
    """Tell whether a program of Debian's is there; on a recording host every one is."""
    return host.rehearse or host.exists(path)


@reading("login")
def login(host: Host, name: str) -> bool:
    """Tell whether the system has a user or a group of this name.

    A group counts because an account has one of its own: sudo and others let groups in by their names.
    """
    for find in (pwd.getpwnam, grp.getgrnam):
        with suppress(KeyError):
            return bool(find(name))
    return False


@reading("tail")
def tail(host: Host, path: str, count: str) -> tuple[str, ...]:
    """The last lines of a file, as many as asked for (0: all), as far back as ``LONGEST_TAIL`` bytes reach."""
    data = paths.tail(host.tree.root, path, LONGEST_TAIL)
    lines = data.decode(errors="replace").splitlines()
    return tuple(lines[-int(count) :])
