"""Finding things by their names, and who owns a domain."""

from __future__ import annotations

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

from tholos.kernel.command import command
from tholos.kernel.errors import Silent
from tholos.kernel.tx import State
from tholos.kernel.view import FORMATS, Field, Table, View, moments, words
from tholos.resources.domain.claims import holder
from tholos.resources.domain.parts import parts
from tholos.resources.search.kinds import Thing, find_all
from tholos.resources.search.resource import Match, Owner
from tholos.resources.search.types import DomainKind, Term
from tholos.resources.types import AccountName, Domain
from tholos.resources.user.record import require

_ANY = DomainKind("any")


_FIELDS: dict[str, Field] = {
    "ID": "number",
    **moments("created"),
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
    formats=FORMATS - {"csv"},
    strict=True,
)


@command("search.object", legacy="v-search-object OBJECT [FORMAT]", rest="GET /search", view=FOUND, resource=Match)
def everywhere(state: State, object: Term) -> Sequence[Any]:
    """Find whatever has a term in its name, with all accounts."""
    return _numbered(find_all(state, object))


@command(
    "search.user_object",
    legacy="v-search-user-object USER OBJECT [FORMAT]",
    rest="GET /users/{user}/search",
    role="user",
    view=FOUND,
    resource=Match,
)
def of_account(state: State, user: AccountName, object: Term) -> Sequence[Any]:
    """Find whatever of an account has a term in its name."""
    require(state, user)
    return _numbered(find_all(state, object, user))


@command(
    "search.domain_owner",
    legacy="v-search-domain-owner DOMAIN [TYPE]",
    rest="GET /domains/{domain}/owner",
    resource=Owner,
)
def owner(state: State, domain: Domain, type: DomainKind = _ANY) -> str:
    """Print the name of the account that a domain belongs to."""
    for kind in parts():
        found = holder(state, kind.names, domain) if type in ("any", kind.noun) else None
        if found is not None:
            return f"{found}\n"
    raise Silent("", code=3, argument="domain")


def _numbered(things: Sequence[Thing]) -> Sequence[Any]:
    return [SimpleNamespace(number=number, **thing._asdict()) for number, thing in enumerate(things, start=1)]
