"""Readings of the machine's own facts: its name, system, load, shells, time zones and PHP versions."""

from __future__ import annotations

import os
import re
import socket
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from tholos.apply.host import Host
from tholos.apply.machine import reading

ALWAYS_A_SHELL = "nologin"
"""Offered on every machine; shells(5) need not name it, because it lets nobody in."""
_ZONES = Path("/usr/share/zoneinfo/tzdata.zi")
_PHP = re.compile(r"php-fpm(\d+\.\d+)")


class Facts(NamedTuple):
    """The machine's name, operating system, architecture, minutes since it started, and its load averages."""

    hostname: str
    os: str
    os_version: str
    arch: str
    uptime: int
    load: tuple[float, float, float]


@reading("facts")
def facts(_host: Host) -> Facts:
    """The machine's facts as they are now."""
    release = _os_release()
    version = release.get("VERSION_ID", "")
    with suppress(OSError):
        # Debian's point releases stand here alone; testing has a word in it.
        exact = Path("/etc/debian_version").read_text().strip()
        version = exact if exact[:1].isdigit() else version
    with suppress(OSError):
        uptime = float(Path("/proc/uptime").read_text().split()[0])
        name = release.get("NAME", "Linux").split()[0]
        return Facts(socket.gethostname(), name, version, os.uname().machine, int(uptime // 60), os.getloadavg())
    return Facts(socket.gethostname(), "Linux", version, os.uname().machine, 0, (0.0, 0.0, 0.0))


@reading("own names")
def own_names(host: Host) -> tuple[str, ...]:
    """The names that the machine calls itself by: its own, and those that stand beside it in hosts(5)."""
    own = socket.gethostname().lower()
    listed = (host.read("/etc/hosts") or b"").decode(errors="replace").lower().splitlines()
    lines = [line.partition("#")[0].split()[1:] for line in listed]
    return (own, *(name for names in lines if own in names for name in names if name != own))


def _os_release() -> dict[str, str]:
    with suppress(OSError):
        lines = Path("/etc/os-release").read_text().splitlines()
        pairs = (line.split("=", 1) for line in lines if "=" in line)
        return {key: value.strip("\"'") for key, value in pairs}
    return {}


@reading("shells")
def shells(host: Host) -> tuple[str, ...]:
    """The short names of the login shells in /etc/shells, sorted."""
    listed = host.read("/etc/shells")
    if listed is None and host.rehearse:
        return ("bash", "dash", "nologin", "rbash", "sh")
    paths = (line.strip() for line in (listed or b"").decode(errors="replace").splitlines())
    return tuple(sorted({ALWAYS_A_SHELL, *(path.rpartition("/")[2] for path in paths if path.startswith("/"))}))


@reading("timezone")
def timezone(_host: Host) -> str:
    """The name of the machine's time zone."""
    with suppress(OSError):
        return str(Path("/etc/localtime").readlink()).partition("zoneinfo/")[2] or "Etc/UTC"
    with suppress(OSError):
        return Path("/etc/timezone").read_text().strip() or "Etc/UTC"
    return "Etc/UTC"


@reading("timezones")
def timezones(_host: Host) -> tuple[str, ...]:
    """The names of all time zones, sorted (the ``Z`` and ``L`` lines of tzdata.zi; see zic(8))."""
    with suppress(OSError):
        return tuple(sorted({"UTC", *_zone_names(_ZONES.read_text())}))
    return ("UTC",)


def _zone_names(text: str) -> Iterator[str]:
    for line in text.splitlines():
        words = line.split()
        if words[:1] == ["Z"]:
            yield words[1]
        elif words[:1] == ["L"]:
            yield words[2]


@reading("php")
def php(host: Host) -> tuple[str, ...]:
    """The installed versions of php-fpm, ascending; a recording host has the one that Debian 12 ships."""
    if host.rehearse:
        return ("8.2",)
    found = (_PHP.fullmatch(path.name) for path in Path("/usr/sbin").glob("php-fpm*"))
    return tuple(sorted((match[1] for match in found if match), key=lambda version: [*map(int, version.split("."))]))
