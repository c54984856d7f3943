"""Finding zones by their names."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import select, true

from tholos.kernel.tx import State
from tholos.resources.dns.model import dns_domains
from tholos.resources.search.kinds import Thing, findable, has_name


def find(state: State, term: str, account: str | None) -> Iterator[Thing]:
    """Zones with the term in their domain."""
    ours = true() if account is None else dns_domains.c.account == account
    for row in state.rows(
        select(dns_domains).where(has_name(dns_domains.c.domain, term), ours).order_by(dns_domains.c.id)
    ):
        yield Thing(row.account, "dns", "DOMAIN", row.domain, row.suspended, row.created)


ZONES = findable(20, find)
