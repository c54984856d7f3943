"""Reports on the machine, as text for people."""

from __future__ import annotations

from typing import Self

import msgspec

from tholos.kernel.command import command
from tholos.kernel.tx import State
from tholos.resources.system.model import setting


class Report(msgspec.Struct, frozen=True):
    """A report for people to read."""

    text: str

    @classmethod
    def of(cls, record: str) -> Self:
        """The resource of what the command prints."""
        return cls(record)


def _report(state: State, subject: str, *keys: str) -> str:
    """A report; nothing where settings are named and none of them names a program."""
    if keys and not any(setting(state, key) not in ("", "no") for key in keys):
        return ""
    return str(state.context.machine.read("report", subject))


@command(
    "system.status.cpu", legacy="v-list-sys-cpu-status", rest="GET /system/status/cpu", resource=Report, cached=False
)
def cpu(state: State) -> str:
    """Print what uses the processors now."""
    return _report(state, "cpu")


@command(
    "system.status.memory",
    legacy="v-list-sys-memory-status",
    rest="GET /system/status/memory",
    resource=Report,
    cached=False,
)
def memory(state: State) -> str:
    """Print how memory is used now."""
    return _report(state, "memory")


@command(
    "system.status.disk", legacy="v-list-sys-disk-status", rest="GET /system/status/disk", resource=Report, cached=False
)
def disk(state: State) -> str:
    """Print how full the file systems are."""
    return _report(state, "disk")


@command(
    "system.status.network",
    legacy="v-list-sys-network-status",
    rest="GET /system/status/network",
    resource=Report,
    cached=False,
)
def network(state: State) -> str:
    """Print how many sockets there are, and who listens."""
    return _report(state, "network")


@command(
    "system.status.web", legacy="v-list-sys-web-status", rest="GET /system/status/web", resource=Report, cached=False
)
def web(state: State) -> str:
    """Print what the processes of the web server and of PHP use."""
    return _report(state, "web", "WEB_SYSTEM")


@command("system.status.db", legacy="v-list-sys-db-status", rest="GET /system/status/db", resource=Report, cached=False)
def databases(state: State) -> str:
    """Print what the processes of the database servers use; nothing where there is none."""
    return _report(state, "db", "DB_SYSTEM")


@command(
    "system.status.dns", legacy="v-list-sys-dns-status", rest="GET /system/status/dns", resource=Report, cached=False
)
def dns(state: State) -> str:
    """Print what the processes of the name server use; nothing where there is none."""
    return _report(state, "dns", "DNS_SYSTEM")


@command(
    "system.status.mail", legacy="v-list-sys-mail-status", rest="GET /system/status/mail", resource=Report, cached=False
)
def mail(state: State) -> str:
    """Print what the processes of the mail servers use; nothing where there is none."""
    return _report(state, "mail", "MAIL_SYSTEM", "IMAP_SYSTEM")
