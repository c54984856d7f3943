"""Finding things by their names, and who owns a domain."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, func, or_, select

from tholos.kernel.command import command
from tholos.kernel.errors import Silent
from tholos.kernel.tx import State
from tholos.kernel.view import Field, Table, View, words
from tholos.resources.idn import spellings
from tholos.resources.search.resource import Match, Owner
from tholos.resources.search.types import DomainKind, Term
from tholos.resources.types import AccountName, Domain
from tholos.resources.user.record import require
from tholos.resources.web.model import web_aliases, web_domains

_ANY = DomainKind("any")


class Found(NamedTuple):
    """Something of which the name, or another name, has the term in it."""

    number: int
    user: str
    type: str
    key: str
    result: str
    alias: str
    parent: str
    suspended: bool
    created: datetime


_FIELDS: dict[str, Field] = {
    "ID": "number",
    "LINK": lambda _found: "",
    "TIME": lambda found: f"{found.created:%H:%M:%S}",
    "DATE": lambda found: f"{found.created:%Y-%m-%d}",
    "ALIAS": lambda found: found.alias.replace(",", ", "),
    "ALIASES": "alias",
}
_COLUMNS = words("USER TYPE KEY RESULT ALIAS LINK PARENT SUSPENDED TIME DATE")
FOUND = View(
    key="ID",
    fields=_FIELDS,
    json=_COLUMNS,
    plain=("ID", *("ALIASES" if word == "ALIAS" else word for word in _COLUMNS)),
    shell=Table((*((word, word) for word in words("USER TYPE KEY RESULT")), ("ALIAS", "ALIASES"))),
)


@command("search.object", legacy="v-search-object OBJECT [FORMAT]", rest="GET /search", view=FOUND, resource=Match)
def everywhere(state: State, object: Term) -> Sequence[Found]:
    """Find whatever has a term in its name, with all accounts."""
    return list(_sites(state, object))


@command(
    "search.user_object",
    legacy="v-search-user-object USER OBJECT [FORMAT]",
    rest="GET /users/{user}/search",
    role="user",
    view=FOUND,
    resource=Match,
)
def of_account(state: State, user: AccountName, object: Term) -> Sequence[Found]:
    """Find whatever of an account has a term in its name."""
    require(state, user)
    return list(_sites(state, object, web_domains.c.account == user))


@command(
    "search.domain_owner",
    legacy="v-search-domain-owner DOMAIN [TYPE]",
    rest="GET /domains/{domain}/owner",
    resource=Owner,
)
def owner(state: State, domain: Domain, type: DomainKind = _ANY) -> str:
    """Print the name of the account that a domain belongs to."""
    if type in ("any", "web"):
        site = select(web_domains.c.account).where(web_domains.c.domain.in_(spellings(domain)))
        found = state.value(site)
        if found is not None:
            return f"{found}\n"
    raise Silent("", code=3, argument="domain")


def _sites(state: State, term: str, *conditions: ColumnElement[bool]) -> Iterator[Found]:
    """Sites with the term in their domain, with all aliases; others with those aliases that have it."""
    columns = (web_domains.c.account, web_domains.c.domain, web_domains.c.suspended, web_domains.c.created)
    joined = web_domains.outerjoin(web_aliases, web_aliases.c.domain_id == web_domains.c.id)
    in_domain, in_alias = _has(web_domains.c.domain, term), _has(web_aliases.c.alias, term)
    aliases = func.group_concat(web_aliases.c.alias.distinct())
    matching = (
        select(*columns, aliases.label("aliases"), func.max(in_domain).label("by_domain"))
        .select_from(joined)
        .where(or_(in_domain, in_alias), *conditions)
        .group_by(web_domains.c.id)
        .order_by(web_domains.c.account, web_domains.c.id)
    )
    for number, row in enumerate(state.rows(matching), start=1):
        parent = "" if row.by_domain else row.domain
        yield _found(number, row, ",".join(sorted((row.aliases or "").split(","))), parent)


def _found(number: int, row: Any, alias: str, parent: str) -> Found:
    return Found(number, row.account, "web", "DOMAIN", row.domain, alias, parent, row.suspended, row.created)


def _has(column: ColumnElement[str], term: str) -> ColumnElement[Any]:
    return func.instr(column, term.lower()) > 0
