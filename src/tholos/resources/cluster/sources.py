"""Telling another server what has come from it, so that it sends only what differs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, func, select

from tholos.kernel.command import command
from tholos.kernel.tx import State
from tholos.kernel.view import Csv, Table, View, words
from tholos.resources.cluster.model import dns_received
from tholos.resources.cluster.types import Source, ZoneNames
from tholos.resources.dns.model import dns_domains
from tholos.resources.dns.reach import is_source_reached
from tholos.resources.types import AccountName
from tholos.resources.user.record import require as require_account

_COLUMNS = words("DOMAIN DIGEST")
SENT = View(
    key="DOMAIN",
    json=_COLUMNS[1:],
    plain=_COLUMNS,
    csv=Csv(_COLUMNS, ",".join(_COLUMNS)),
    shell=Table(tuple((word, word) for word in _COLUMNS)),
)


@command(
    "cluster.zone.list_source",
    legacy="v-list-dns-domains-src USER SRC [FORMAT] [DOMAINS]",
    view=SENT,
    cached=False,
)
def sent(state: State, user: AccountName, src: Source, domains: ZoneNames | None = None) -> Sequence[Row[Any]]:
    """List the zones that came from another server, with a digest of what came where all of it is served unchanged.

    With DOMAINS only these are listed.
    """
    require_account(state, user)
    if not is_source_reached(state, src):
        return []
    received = dns_domains.outerjoin(
        dns_received,
        (dns_received.c.account == dns_domains.c.account) & (dns_received.c.domain == dns_domains.c.zone),
    )
    digest = func.coalesce(dns_received.c.digest, "").label("digest")
    chosen = select(dns_domains.c.zone.label("domain"), digest).select_from(received)
    mine = (dns_domains.c.account == user, dns_domains.c.src == src)
    if domains is not None:
        chosen = chosen.where(dns_domains.c.zone.in_(domains.split(",")))
    return state.rows(chosen.where(*mine).order_by(dns_domains.c.zone))
