"""The services of a node: which there are, what they use, starting and stopping them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import msgspec

from tholos.kernel.command import command
from tholos.kernel.errors import NotExist
from tholos.kernel.tx import State, Tx
from tholos.kernel.view import Csv, Table, View, words
from tholos.resources.log.model import note
from tholos.resources.system.model import setting
from tholos.resources.system.resource import Service
from tholos.resources.system.types import RestartWord, ServiceName


class Known(NamedTuple):
    """A service that lists show: its name, what it is, and the setting that says whether it is used (empty: always)."""

    name: str
    system: str
    setting: str


KNOWN = (
    Known("nginx", "web server", "WEB_SYSTEM"),
    Known("php8.2-fpm", "php interpreter", "WEB_BACKEND"),
    Known("bind9", "dns server", "DNS_SYSTEM"),
    Known("exim4", "mail server", "MAIL_SYSTEM"),
    Known("dovecot", "imap/pop3 server", "IMAP_SYSTEM"),
    Known("postgresql", "database server", "DB_SYSTEM"),
    Known("mariadb", "database server", "DB_SYSTEM"),
    Known("vsftpd", "ftp server", "FTP_SYSTEM"),
    Known("cron", "job scheduler", ""),
    Known("ssh", "ssh server", ""),
    Known("nftables", "firewall", "FIREWALL_SYSTEM"),
)


class Listed(msgspec.Struct, frozen=True):
    """A service as lists show it: percent of one processor, megabytes, minutes since it started."""

    name: str
    system: str
    state: str
    cpu: str
    mem: int
    rtime: int


_COLUMNS = words("NAME SYSTEM STATE CPU MEM RTIME")
SERVICES = View(
    key="NAME",
    json=_COLUMNS[1:],
    plain=_COLUMNS,
    csv=Csv(_COLUMNS, ",".join(_COLUMNS), frozenset(("SYSTEM",))),
    shell=Table((("NAME", "NAME"), ("STATE", "STATE"), ("CPU", "CPU"), ("MEM", "MEM"), ("UPTIME", "RTIME"))),
)


@command(
    "system.services.list",
    legacy="v-list-sys-services [FORMAT]",
    rest="GET /services",
    view=SERVICES,
    cached=False,
    resource=Service,
)
def show(state: State) -> Sequence[Listed]:
    """List the services of the node with their state and what they use."""
    used = _used(state)
    readings = state.context.machine.read("services", *(known.name for known in used))
    return [
        Listed(
            name=known.name,
            system=known.system,
            state="running" if found.running else "stopped",
            cpu=f"{found.cpu:g}",
            mem=found.memory,
            rtime=found.minutes,
        )
        for known in used
        if (found := readings[known.name]).installed
    ]


def _used(state: State) -> list[Known]:
    return [known for known in KNOWN if not known.setting or setting(state, known.setting)]


def act(tx: Tx, service: str, action: str) -> None:
    """Have the driver of services do an action; the commit waits for it, and its failure is the call's."""
    tx.rebuild("service", service, action)
    note(tx, "system", "System", f"Service {action} (Name: {service}).")


def installed(state: State, *services: str) -> list[str]:
    """Those of the services that this node knows and has."""
    readings = state.context.machine.read("services", *services)
    return [name for name in services if name in readings and readings[name].installed]


@command(
    "system.service.restart", legacy="v-restart-service SERVICE [RESTART]", rest="POST /services/{service}/restart"
)
def restart(tx: Tx, service: ServiceName, restart: RestartWord | None = None) -> None:
    """Restart a service, or all of them; RESTART may be reload, or no for nothing."""
    if restart == "no":
        return
    asked = [known.name for known in _used(tx)] if service == "all" else [str(service)]
    found = installed(tx, *asked)
    if not found:
        raise NotExist(f"{service} is not a service of this node", argument="service", code=20)
    for name in found:
        act(tx, name, "reload" if restart == "reload" else "restart")


@command("system.service.start", legacy="v-start-service SERVICE", rest="POST /services/{service}/start")
def start(tx: Tx, service: ServiceName) -> None:
    """Start a service; a name that is no service of this node does nothing, as the reference has it."""
    for name in installed(tx, service):
        act(tx, name, "start")


@command("system.service.stop", legacy="v-stop-service SERVICE", rest="POST /services/{service}/stop")
def stop(tx: Tx, service: ServiceName) -> None:
    """Stop a service; a name that is no service of this node does nothing, as the reference has it."""
    for name in installed(tx, service):
        act(tx, name, "stop")
