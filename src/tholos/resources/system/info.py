"""What the node is: its system, load, time zone, shells and PHP versions, as they are now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import msgspec

from tholos.kernel.command import command
from tholos.kernel.tx import State
from tholos.kernel.view import FORMATS, Csv, Table, View, words
from tholos.resources.system.model import setting
from tholos.resources.system.resource import SystemInfo
from tholos.resources.system.views import names


class Info(msgspec.Struct, frozen=True):
    """The machine's facts, and the release of the protocol."""

    hostname: str
    os: str
    version: str
    arch: str
    hestia: str
    release: str
    uptime: int
    loadaverage: str


_COLUMNS = words("HOSTNAME OS VERSION ARCH HESTIA RELEASE UPTIME LOADAVERAGE")
INFO = View(
    key="",
    wrapper="sysinfo",
    json=_COLUMNS,
    plain=_COLUMNS,
    csv=Csv(_COLUMNS, ",".join(_COLUMNS)),
    shell=Table(
        (
            ("HOSTNAME", "HOSTNAME"),
            ("OS", "OS"),
            ("VER", "VERSION"),
            ("ARCH", "ARCH"),
            ("HESTIA", "HESTIA"),
            ("RELEASE", "RELEASE"),
            ("UPTIME", "UPTIME"),
            ("LA", "LOADAVERAGE"),
        )
    ),
)
BARE = View(key="", json=(), plain=("NAME",), shape="names")
_ZONES = replace(BARE, formats=FORMATS - {"csv"})
"""Names without a title in any format."""


@command(
    "system.info.show",
    legacy="v-list-sys-info [FORMAT]",
    rest="GET /system",
    view=INFO,
    cached=False,
    resource=SystemInfo,
)
def show(state: State) -> Info:
    """Show what the machine is, how long it runs (minutes) and its load."""
    facts = state.context.machine.read("facts")
    return Info(
        hostname=facts.hostname,
        os=facts.os,
        version=facts.os_version,
        arch=facts.arch,
        hestia=setting(state, "VERSION"),
        release=setting(state, "RELEASE_BRANCH"),
        uptime=facts.uptime,
        loadaverage=" / ".join(f"{load:.2f}" for load in facts.load),
    )


@command(
    "system.shells.list",
    legacy="v-list-sys-shells [FORMAT]",
    rest="GET /shells",
    view=names("SHELL"),
    cached=False,
    resource=str,
)
def shells(state: State) -> Sequence[str]:
    """List the login shells that accounts can have."""
    return list(state.context.machine.read("shells"))


@command(
    "system.timezone.show",
    legacy="v-get-sys-timezone [FORMAT]",
    rest="GET /time-zone",
    view=BARE,
    cached=False,
    resource=str,
)
def timezone(state: State) -> Sequence[str]:
    """Print the time zone of the machine."""
    return [state.context.machine.read("timezone")]


@command(
    "system.timezones.list",
    legacy="v-get-sys-timezones [FORMAT]",
    rest="GET /time-zones",
    view=_ZONES,
    cached=False,
    resource=str,
)
def timezones(state: State) -> Sequence[str]:
    """List the names of all time zones."""
    return list(state.context.machine.read("timezones"))


@command(
    "system.php.list",
    legacy="v-list-sys-php [FORMAT]",
    rest="GET /php",
    view=names("VERSION"),
    cached=False,
    resource=str,
)
def php(state: State) -> Sequence[str]:
    """List the installed versions of PHP."""
    return list(state.context.machine.read("php"))


@command(
    "system.php.default",
    legacy="v-list-default-php [FORMAT]",
    rest="GET /php/default",
    view=names("VERSION"),
    cached=False,
    resource=str,
)
def default_php(state: State) -> Sequence[str]:
    """List the versions of PHP that new sites can start with."""
    return list(state.context.machine.read("php"))
