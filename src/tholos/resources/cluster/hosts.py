"""Servers of the cluster: adding, dropping, pausing and trusting them (``dns-cluster.md``)."""

from __future__ import annotations

import time
from typing import Any

from sqlalchemy import Row, insert, select, update

from tholos.kernel.command import command
from tholos.kernel.errors import Exists, NotExist
from tholos.kernel.tx import State, Tx
from tholos.resources.cluster.model import JOINING, LEAVING, MEMBER, dns_hosts, dns_pushes
from tholos.resources.cluster.types import Port, SlaveAccount, SlaveHost, SlaveLogin, SlavePassword, SlaveType, Trust
from tholos.resources.log.model import note
from tholos.resources.pausing import refuse_suspended, refuse_unsuspended
from tholos.resources.system.model import require_system

JOB = "dns-cluster"
"""The job that brings other servers up to date."""
REACHED = "-"
"""In the place of a zone's name: it is waited for that a server is reached, whatever it thinks of a zone."""
_API = SlaveType("api")
_ACCOUNT = SlaveAccount("dns-cluster")
_UNCHECKED = Trust("none")


def find(state: State, host: str) -> Row[Any] | None:
    """A server that belongs to the cluster, or None."""
    return state.row(select(dns_hosts).where(dns_hosts.c.host == host, dns_hosts.c.phase == MEMBER))


def require(state: State, host: str) -> Row[Any]:
    """A server that belongs to the cluster, or NotExist (exit code 3)."""
    row = find(state, host)
    if row is None:
        raise NotExist(f"dns-cluster host {host} doesn't exist", argument="host")
    return row


def stamp() -> int:
    """A number for a request, which no other has."""
    return time.time_ns()


def change_host(tx: Tx, host: str, **values: object) -> None:
    """Give a server's row other values."""
    tx.execute(update(dns_hosts).where(dns_hosts.c.host == host).values(values))


@command(
    "cluster.host.add",
    legacy="v-add-remote-dns-host HOST PORT USER [PASSWORD] [TYPE] [DNS_USER] [TRUST]",
    usage="HOST PORT USER [PASSWORD] [TYPE] [DNS_USER]",
    rest="POST /dns-cluster/hosts",
    owner_position=3,
)
def add(
    tx: Tx,
    host: SlaveHost,
    port: Port,
    user: SlaveLogin,
    password: SlavePassword | None = None,
    type: SlaveType = _API,
    dns_user: SlaveAccount = _ACCOUNT,
    trust: Trust = _UNCHECKED,
) -> None:
    """Have another server serve this node's zones too, and copy all of them there."""
    by_login = password is not None or type == "ssh"
    if by_login:
        # A login becomes a word of a command line, and the name of a home.
        SlaveAccount.parse(user, "user")
    require_system(tx, "DNS_SYSTEM")
    if tx.value(select(dns_hosts.c.host).where(dns_hosts.c.host == host)) is not None:
        raise Exists(f"dns-cluster host {host} already exists", argument="host")
    values = {"port": int(port), "account": dns_user, "type": type, "trust": "" if trust == "none" else trust}
    values |= {"login": user, "secret": password or ""} if by_login else {"login": "", "secret": user}
    tx.execute(insert(dns_hosts).values(host=host, phase=JOINING, sync=stamp(), created=tx.context.now, **values))
    tx.wait_for(JOB, host, REACHED)


@command("cluster.host.delete", legacy="v-delete-remote-dns-host HOST", rest="DELETE /dns-cluster/hosts/{host}")
def delete(tx: Tx, host: SlaveHost) -> None:
    """Take a server out of the cluster, and this node's zones off it if it can be reached."""
    require(tx, host)
    require_system(tx, "DNS_CLUSTER")
    change_host(tx, host, phase=LEAVING)
    tx.wait_for(JOB, host)
    note(tx, "system", "System", f"Server taken out of the DNS cluster (Host: {host}).")


@command(
    "cluster.host.suspend",
    legacy="v-suspend-remote-dns-host HOST",
    rest="POST /dns-cluster/hosts/{host}/suspend",
)
def suspend(tx: Tx, host: SlaveHost) -> None:
    """Stop copying zones to a server; what changes meanwhile is kept for it."""
    require_system(tx, "DNS_SYSTEM")
    refuse_suspended(require(tx, host), "dns-cluster host", host, "host")
    change_host(tx, host, suspended=True)
    note(tx, "system", "System", f"Copying to a server of the DNS cluster paused (Host: {host}).")


@command(
    "cluster.host.unsuspend",
    legacy="v-unsuspend-remote-dns-host HOST",
    rest="POST /dns-cluster/hosts/{host}/unsuspend",
)
def unsuspend(tx: Tx, host: SlaveHost) -> None:
    """Copy zones to a server again, beginning with what has changed meanwhile."""
    require_system(tx, "DNS_SYSTEM")
    refuse_unsuspended(require(tx, host), "dns-cluster host", host, "host")
    change_host(tx, host, suspended=False)
    # What it did not take before is no news, and would not be tried again.
    tx.execute(update(dns_pushes).where(dns_pushes.c.host == host).values(error=""))
    note(tx, "system", "System", f"Copying to a server of the DNS cluster resumed (Host: {host}).")


@command(
    "cluster.host.trust.change",
    legacy="v-change-remote-dns-host-trust HOST TRUST",
    rest="PUT /dns-cluster/hosts/{host}/trust",
)
def change_trust(tx: Tx, host: SlaveHost, trust: Trust) -> None:
    """Change how the certificate of a server of the cluster is checked."""
    require(tx, host)
    change_host(tx, host, trust="" if trust == "none" else trust)
    note(tx, "system", "System", f"Certificate check of a server of the DNS cluster changed (Host: {host}).")
