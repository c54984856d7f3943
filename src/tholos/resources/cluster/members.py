"""How a server comes into the cluster and goes out of it, once a job has spoken to it."""

from __future__ import annotations

from sqlalchemy import delete, func, select

from tholos.kernel.tx import Tx
from tholos.resources.cluster.hosts import change_host
from tholos.resources.cluster.marks import LONGEST_ERROR
from tholos.resources.cluster.model import JOINING, LEAVING, MEMBER, dns_hosts
from tholos.resources.log.model import note
from tholos.resources.peer.want import PEER
from tholos.resources.system.model import setting
from tholos.resources.system.settings import set_setting

_COPIED = "hestia"


def admit(tx: Tx, host: str) -> None:
    """Make a server that has answered a member; changes are copied to it from now on."""
    change_host(tx, host, phase=MEMBER)
    set_setting(tx, "DNS_CLUSTER", "yes")
    if not setting(tx, "DNS_CLUSTER_SYSTEM"):
        set_setting(tx, "DNS_CLUSTER_SYSTEM", _COPIED)
    note(tx, "system", "System", f"Server taken into the DNS cluster (Host: {host}).")


def fail(tx: Tx, host: str, problem: str) -> str:
    """Write down that a server could not be reached; give its phase.

    One that was to join is forgotten, and so is one that was to leave: a dead server must not stay for ever.
    """
    phase: str = tx.value(select(dns_hosts.c.phase).where(dns_hosts.c.host == host)) or ""
    if phase == JOINING:
        tx.execute(delete(dns_hosts).where(dns_hosts.c.host == host))
    elif phase == LEAVING:
        forget(tx, host)
    else:
        change_host(tx, host, failed=tx.context.now, error=problem[:LONGEST_ERROR])
    return phase


def let_copy(tx: Tx, host: str, addresses: str) -> None:
    """Let a server transfer zones from these addresses, with blanks between, and be told of changes there."""
    change_host(tx, host, addresses=addresses)
    tx.want(PEER, "all")


def forget(tx: Tx, host: str) -> None:
    """Forget a server that has left; without any there is no cluster."""
    tx.want(PEER, "all")
    tx.execute(delete(dns_hosts).where(dns_hosts.c.host == host))
    if tx.value(select(func.count()).select_from(dns_hosts).where(dns_hosts.c.phase != LEAVING)) == 0:
        set_setting(tx, "DNS_CLUSTER", "")
