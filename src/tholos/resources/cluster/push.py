"""Copying zones to other servers by hand (``dns-cluster.md``): what changes is copied without any of these.

Each of these commands writes down what is to be compared and waits until a job has done it. A server that cannot be
reached fails the command with exit code 15; what is to be done stays written down and is tried again.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import select, update

from tholos.kernel.command import command
from tholos.kernel.errors import NotExist
from tholos.kernel.tx import Tx
from tholos.resources.cluster.hosts import JOB, change_host, require, stamp
from tholos.resources.cluster.marks import mark
from tholos.resources.cluster.marks import withdraw as take_off
from tholos.resources.cluster.model import MEMBER, dns_hosts, dns_pushes
from tholos.resources.cluster.shipping import source_address
from tholos.resources.cluster.types import PushFlush, SlaveHost
from tholos.resources.dns.record import require as require_zone
from tholos.resources.dns.types import RecordId
from tholos.resources.system.model import require_system
from tholos.resources.system.settings import follows
from tholos.resources.types import AccountName, Domain
from tholos.resources.user.record import require as require_account


def _push(tx: Tx, user: str, domain: Domain) -> None:
    mark(tx, user, domain.ascii)
    # Whatever a server is thought to have of the zone is sent again, because somebody asks for it.
    tx.execute(update(dns_pushes).where(dns_pushes.c.domain == domain.ascii).values(acknowledged=""))
    tx.wait_for(JOB, "", domain.ascii)


@command(
    "cluster.zone.push",
    legacy="v-add-remote-dns-domain USER DOMAIN [FLUSH]",
    rest="POST /users/{user}/dns-domains/{domain}/push",
)
def push(tx: Tx, user: AccountName, domain: Domain, flush: PushFlush | None = None) -> None:
    """Copy a zone to every server of the cluster now."""
    require_system(tx, "DNS_CLUSTER")
    _push(tx, user, domain)


@command("cluster.record.push", legacy="v-add-remote-dns-record USER DOMAIN ID")
def push_record(tx: Tx, user: AccountName, domain: Domain, id: RecordId) -> None:
    """Copy a record, and with it its zone, to every server of the cluster now."""
    require_system(tx, "DNS_CLUSTER")
    _require(tx, user, domain)
    _push(tx, user, domain)


@command("cluster.record.withdraw", legacy="v-delete-remote-dns-record USER DOMAIN ID")
def withdraw_record(tx: Tx, user: AccountName, domain: Domain, id: RecordId) -> None:
    """Take a deleted record off every server of the cluster now."""
    require_system(tx, "DNS_CLUSTER")
    _push(tx, user, domain)


@command("cluster.zone.withdraw", legacy="v-delete-remote-dns-domain USER DOMAIN")
def withdraw(tx: Tx, user: AccountName, domain: Domain) -> None:
    """Take a zone off every server of the cluster now; one that is still there comes again with its next change."""
    require_system(tx, "DNS_CLUSTER")
    take_off(tx, user, domain.ascii)
    tx.wait_for(JOB, "", domain.ascii)


@command("cluster.zone.expiry.push", legacy="v-change-remote-dns-domain-exp USER DOMAIN")
def push_expiry(tx: Tx, user: AccountName, domain: Domain) -> None:
    """Copy the expiry date of a zone to every server of the cluster now."""
    _push_line(tx, user, domain)


@command("cluster.zone.soa.push", legacy="v-change-remote-dns-domain-soa USER DOMAIN")
def push_soa(tx: Tx, user: AccountName, domain: Domain) -> None:
    """Copy the primary name server of a zone to every server of the cluster now."""
    _push_line(tx, user, domain)


@command("cluster.zone.ttl.push", legacy="v-change-remote-dns-domain-ttl USER DOMAIN")
def push_ttl(tx: Tx, user: AccountName, domain: Domain) -> None:
    """Copy the time to live of a zone to every server of the cluster now."""
    _push_line(tx, user, domain)


def _push_line(tx: Tx, user: AccountName, domain: Domain) -> None:
    require_system(tx, "DNS_CLUSTER")
    _require(tx, user, domain)
    _push(tx, user, domain)


def _require(tx: Tx, user: AccountName, domain: Domain) -> None:
    require_account(tx, user)
    require_zone(tx, user, domain)


@command("cluster.withdraw", legacy="v-delete-remote-dns-domains [HOST]", rest="POST /dns-cluster/withdraw")
def withdraw_all(tx: Tx, host: SlaveHost | None = None) -> None:
    """Take all zones of this node off one server of the cluster, or off all of them."""
    require_system(tx, "DNS_CLUSTER")
    for name in _chosen(tx, host, suspended=True):
        change_host(tx, name, wipe=stamp())
        tx.wait_for(JOB, name)


@command("cluster.sync", legacy="v-sync-dns-cluster [HOST]", usage="", rest="POST /dns-cluster/sync")
def sync(tx: Tx, host: SlaveHost | None = None) -> None:
    """Compare every zone with what the servers of the cluster have, and copy what differs."""
    require_system(tx, "DNS_CLUSTER")
    for name in _chosen(tx, host, suspended=host is not None):
        change_host(tx, name, sync=stamp())
        tx.wait_for(JOB, name)


@contextmanager
def followed(tx: Tx) -> Iterator[None]:
    """Have everything be compared where other servers are to transfer zones from another address afterwards."""
    before = source_address(tx)
    yield
    if source_address(tx) != before:
        compare_all(tx)


@follows("DNS_CLUSTER_SYSTEM")
def compare_all(tx: Tx) -> None:
    """Have everything be compared: zones come to the servers of the cluster in another way from now on."""
    tx.execute(update(dns_hosts).where(dns_hosts.c.phase == MEMBER).values(sync=stamp()))


def _chosen(tx: Tx, host: SlaveHost | None, *, suspended: bool) -> list[str]:
    """The servers that a command is about."""
    if host is not None:
        return [require(tx, host).host]
    usable = dns_hosts.c.phase == MEMBER
    rows = tx.rows(select(dns_hosts.c.host, dns_hosts.c.suspended).where(usable).order_by(dns_hosts.c.created))
    if not rows:
        raise NotExist("dns-cluster host  doesn't exist", argument="host")
    return [row.host for row in rows if suspended or not row.suspended]
