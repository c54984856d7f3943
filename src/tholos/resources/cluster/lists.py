"""Listing the servers of the cluster (``commands.json``: v-list-remote-dns-hosts)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, func, select

from tholos.kernel.command import command
from tholos.kernel.tx import State
from tholos.kernel.view import Csv, Field, Table, View, moments, words
from tholos.resources.cluster.marks import UNSERVED, ours
from tholos.resources.cluster.model import MEMBER, dns_hosts, dns_pushes
from tholos.resources.cluster.resource import DnsHost, status
from tholos.resources.dns.model import dns_domains


def _listed(state: State) -> Sequence[Row[Any]]:
    mine = dns_pushes.c.host == dns_hosts.c.host
    behind = (mine, dns_pushes.c.marked != 0)
    count, oldest = func.count(), func.min(dns_pushes.c.since)
    broken = select(func.min(dns_pushes.c.domain + ": " + dns_pushes.c.error)).where(
        *behind, dns_pushes.c.error.not_in(("", UNSERVED))
    )
    brought = mine & (dns_pushes.c.domain == dns_domains.c.zone)
    lacking = ours().where(~select(dns_pushes.c.host).where(brought).correlate(dns_hosts, dns_domains).exists())
    columns = (
        dns_hosts,
        select(count).select_from(dns_pushes).where(*behind).scalar_subquery().label("pending"),
        select(count).select_from(dns_pushes).where(mine).scalar_subquery().label("zones"),
        select(oldest).where(*behind).scalar_subquery().label("oldest"),
        broken.scalar_subquery().label("broken"),
        lacking.with_only_columns(count).correlate(dns_hosts).scalar_subquery().label("lacking"),
    )
    return state.rows(select(*columns).where(dns_hosts.c.phase == MEMBER).order_by(dns_hosts.c.created))


def _moment(at: datetime | None) -> str:
    return f"{at:%Y-%m-%d %H:%M:%S}" if at is not None else ""


def lag(record: Any) -> int:
    """For how many seconds something has been waiting to be copied; 0 when nothing is."""
    return max(0, int((datetime.now() - record.oldest).total_seconds())) if record.oldest is not None else 0


_FIELDS: Mapping[str, Field] = {
    "USER": "login",
    "DNS_USER": "account",
    "STATE": status,
    "LAST_SUCCESS": lambda record: _moment(record.succeeded),
    "LAG": lag,
    "LAST_ERROR": lambda record: record.error or record.broken,
    "SPND": "suspended",
    **moments("created"),
}
_KNOWN = words("HOST PORT TYPE USER DNS_USER SUSPENDED TIME DATE")
_OURS = words("STATE ZONES PENDING LAST_SUCCESS LAG LAST_ERROR")
_COLUMNS = _KNOWN + _OURS
_SHELL = words("HOST PORT TYPE USER DNS_USER SPND DATE STATE PENDING")

HOSTS = View(
    key="HOST",
    fields=_FIELDS,
    json=_COLUMNS[1:],
    plain=_COLUMNS,
    csv=Csv(_COLUMNS, ",".join(_COLUMNS)),
    shell=Table(tuple((word, word) for word in _SHELL)),
    empty=False,
)


@command(
    "cluster.host.list",
    legacy="v-list-remote-dns-hosts [FORMAT]",
    rest="GET /dns-cluster/hosts",
    view=HOSTS,
    cached=False,
    resource=DnsHost,
)
def hosts(state: State) -> Sequence[Row[Any]]:
    """List the servers that zones are copied to, and how far each of them is."""
    return _listed(state)
