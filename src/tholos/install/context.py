"""What every step of the installation is given."""

from __future__ import annotations

import hashlib
import os
import re
import socket
from dataclasses import dataclass
from pathlib import Path

from tholos.install.host import InstallError

LIBRARY = Path("/usr/lib/tholos")
STATE = Path("/var/lib/tholos")
SETTINGS = Path("/etc/tholos")
LOGS = Path("/var/log/tholos")
COMMANDS = Path("/usr/local/hestia/bin")
EDGE = "tholos-edge"
ACCOUNTS = "hestia-users"
PORT = 8083
"""Where the edge listens, unless an administrator has chosen another port."""
PORT_CHOSEN = Path("/etc/systemd/system/tholos-edge.service.d/port.conf")
"""What the engine writes when one has."""


def port(chosen: Path = PORT_CHOSEN) -> int:
    """The port of the edge as its unit has it."""
    found = re.search(r"^Environment=THOLOS_PORT=(\d+)$", chosen.read_text(), re.MULTILINE) if chosen.exists() else None
    return int(found[1]) if found else PORT


@dataclass(frozen=True)
class Context:
    """The package that is installed from, the machine's name, the administrator's address, and built dependencies.

    ``databases`` are the database servers that were chosen.
    """

    package: Path
    hostname: str
    email: str
    wheelhouse: Path | None
    databases: tuple[str, ...] = ()

    @property
    def lock(self) -> Path:
        """The locked dependencies: a wheelhouse may pin the very files that it holds."""
        own = [self.wheelhouse / "requirements.lock"] if self.wheelhouse else []
        places = [*own, self.package.parent / "requirements.lock", self.package.parent.parent / "requirements.lock"]
        for place in places:
            if place.exists():
                return place
        raise InstallError(f"there is no requirements.lock beside {self.package}.")

    @property
    def lock_digest(self) -> str:
        """A short name for exactly these dependencies."""
        return hashlib.sha256(self.lock.read_bytes()).hexdigest()[:16]


def context(
    hostname: str | None, email: str | None, wheelhouse: str | None, databases: tuple[str, ...] = ()
) -> Context:
    """Give the context of this run from what was said on the command line, in the environment, or not at all."""
    name = hostname or socket.getfqdn()
    wheels = wheelhouse or os.environ.get("THOLOS_WHEELHOUSE")
    package = Path(__file__).resolve().parent.parent
    return Context(package, name, email or f"admin@{name}", Path(wheels) if wheels else None, databases)
