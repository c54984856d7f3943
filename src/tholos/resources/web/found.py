"""Finding sites by their names and aliases."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import func, or_, select, true

from tholos.kernel.tx import State
from tholos.resources.search.kinds import Thing, findable, has_name
from tholos.resources.web.model import web_aliases, web_domains


def find(state: State, term: str, account: str | None) -> Iterator[Thing]:
    """Sites with the term in their domain, with all aliases; others with those aliases that have it."""
    columns = (web_domains.c.account, web_domains.c.domain, web_domains.c.suspended, web_domains.c.created)
    joined = web_domains.outerjoin(web_aliases, web_aliases.c.domain_id == web_domains.c.id)
    in_domain, in_alias = has_name(web_domains.c.domain, term), has_name(web_aliases.c.alias, term)
    aliases = func.group_concat(web_aliases.c.alias.distinct())
    matching = (
        select(*columns, aliases.label("aliases"), func.max(in_domain).label("by_domain"))
        .select_from(joined)
        .where(or_(in_domain, in_alias), true() if account is None else web_domains.c.account == account)
        .group_by(web_domains.c.id)
        .order_by(web_domains.c.account, web_domains.c.id)
    )
    for row in state.rows(matching):
        alias = ",".join(sorted((row.aliases or "").split(",")))
        parent = "" if row.by_domain else row.domain
        yield Thing(row.account, "web", "DOMAIN", row.domain, row.suspended, row.created, alias, parent)


SITES = findable(10, find)
