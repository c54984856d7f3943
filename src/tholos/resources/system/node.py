"""The name and the time zone of the machine."""

from __future__ import annotations

import re

from tholos.kernel.command import command
from tholos.kernel.errors import NotExist
from tholos.kernel.tx import Tx
from tholos.kernel.types import Text
from tholos.resources.log.model import SYSTEM, note
from tholos.resources.system.node_want import HOSTNAME, TIMEZONE
from tholos.resources.system.settings import set_setting
from tholos.resources.types import HostName


class NodeName(HostName):
    """The name of a machine: a domain name of at most 64 signs on the wire (gethostname(2))."""

    __slots__ = ()
    max_length = 64
    expected = "the name of a machine, such as node1.example.org, at most 64 characters"
    example = "node1.example.org"


class TimeZone(Text):
    """The name of a time zone (tzselect(8)); whether there is one is checked apart."""

    __slots__ = ()
    pattern = re.compile(r"[A-Za-z][A-Za-z0-9_+-]*(?:/[A-Za-z0-9_+-]+){0,2}")
    max_length = 64
    expected = "the name of a time zone, such as Europe/Athens"
    example = "UTC"


@command("system.hostname.change", legacy="v-change-sys-hostname HOSTNAME", rest="PUT /system/hostname")
def change_hostname(tx: Tx, hostname: NodeName) -> None:
    """Give the machine another name."""
    set_setting(tx, HOSTNAME, hostname.ascii)
    tx.want("hostname", hostname.ascii)
    note(tx, SYSTEM, "System", f"Name of the machine changed (Name: {hostname}).", "Warning")


@command("system.timezone.change", legacy="v-change-sys-timezone TIMEZONE", rest="PUT /time-zone")
def change_timezone(tx: Tx, timezone: TimeZone) -> None:
    """Put the machine into another time zone."""
    if timezone not in tx.context.machine.read("timezones"):
        raise NotExist(f"time zone {timezone} doesn't exist", argument="timezone")
    set_setting(tx, TIMEZONE, timezone)
    tx.want("timezone", timezone)
    note(tx, SYSTEM, "System", f"Time zone changed (Zone: {timezone}).")
