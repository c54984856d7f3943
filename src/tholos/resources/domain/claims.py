"""Who has a domain name, and who has the name above it: each noun says here which of its things have names.

A noun adds a kind of thing with one line; the statement gives, for each of ``NAMES`` that is taken, the account that
has it, and whether that lets other accounts have names below it:

    ZONES = claim(Claim("dns", "zone", _zone_exists, select(zones.c.account, ...).where(zones.c.zone.in_(NAMES))))

Names are looked for in both spellings.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

from sqlalchemy import BindParameter, Row, Select, bindparam

from tholos.kernel.errors import Exists
from tholos.kernel.tx import State
from tholos.resources.domain.registered import registrable
from tholos.resources.idn import spellings
from tholos.resources.system.model import setting

NAMES: BindParameter[str] = bindparam("names", expanding=True)
"""The names that are looked for."""


class Claim(NamedTuple):
    """A kind of thing that has names: its noun, its own word, the refusal of a name that it has, and who has which.

    A row of ``holders`` has the ``account``, and whether it ``shares`` what lies below the name. It is a tuple because
    the reference of commands looks for refusals in tables of those.
    """

    noun: str
    kind: str
    refusal: Callable[[str], Exists]
    holders: Select[Any]


_CLAIMS: dict[str, Claim] = {}


def claim(kind: Claim) -> Claim:
    """Register a kind of thing that has names."""
    _CLAIMS[kind.kind] = kind
    return kind


def holder(state: State, kind: Claim, name: str) -> str | None:
    """The account that has something of this kind with this name, or None."""
    return next((one.account for one in _holders(state, kind, name)), None)


def is_taken(state: State, noun: str, name: str) -> bool:
    """Whether something of a noun has this name, in any account."""
    return any(holder(state, kind, name) is not None for kind in _CLAIMS.values() if kind.noun == noun)


def require_unused(state: State, noun: str, name: str) -> None:
    """Raise Exists when something of a noun has this name, in any account."""
    for kind in _CLAIMS.values():
        if kind.noun == noun and holder(state, kind, name) is not None:
            raise kind.refusal(name)


def require_not_anothers(state: State, account: str, noun: str, name: str) -> None:
    """Raise Exists when something of another noun has this name in another account."""
    for kind in _CLAIMS.values():
        if kind.noun != noun and any(one.account != account for one in _holders(state, kind, name)):
            raise kind.refusal(name)


def require_parent_free(state: State, account: str, name: str) -> None:
    """Raise Exists when a name lies below one that another account has (ENFORCE_SUBDOMAIN_OWNERSHIP).

    That is the registrable part of the name, or an alias with ``*.`` that covers it; what is shared (ALLOW_USERS)
    forbids nothing.
    """
    if setting(state, "ENFORCE_SUBDOMAIN_OWNERSHIP") != "yes":
        return
    parent = registrable(name)
    above = (parent, *_covering(name, parent))
    holders = [one for kind in _CLAIMS.values() for one in _holders(state, kind, *above)]
    if any(one.account != account and not one.shares for one in holders):
        raise Exists(f"Unable to add {name}. {parent} belongs to a different user", argument="domain")


def _holders(state: State, kind: Claim, *names: str) -> Sequence[Row[Any]]:
    spelled = [spelling for name in names for spelling in spellings(name)]
    return state.rows(kind.holders, {"names": spelled})


def _covering(name: str, parent: str) -> Iterator[str]:
    """The aliases with ``*.`` that would answer for a name, down to the registrable part."""
    above = spellings(name.removeprefix("*."))[0]
    while above != parent and "." in above:
        above = above.partition(".")[2]
        yield f"*.{above}"
