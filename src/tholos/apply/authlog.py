"""The log of logins, ``/var/log/tholos/auth.log``: lines as the reference writes them (golden ``http.md``)."""

from __future__ import annotations

import os
from collections.abc import Sequence

from tholos.apply import paths
from tholos.apply.host import Host
from tholos.apply.later import Later

PATH = "/var/log/tholos/auth.log"
_FLAGS = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC


class AuthLog:
    """Appends lines within a fraction of a second; the file is opened anew each time, so that it can be rotated."""

    def __init__(self, host: Host) -> None:
        self._root = host.tree.root
        self._later: Later[str] = Later("auth.log", 0.1, self._append)
        self.add = self._later.add
        self.flush = self._later.flush
        self.close = self._later.close

    def _append(self, lines: Sequence[str]) -> None:
        with paths.parent(self._root, PATH, create=True) as (directory, name):
            descriptor = os.open(name, _FLAGS, 0o640, dir_fd=directory)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write("".join(f"{line}\n" for line in lines))
