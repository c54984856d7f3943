"""Who has a domain name, and who has the name above it: each noun says here which of its things have names.

A noun adds a kind of thing with one line; the statement gives, for each of ``NAMES`` that is taken, the name, the
account that has it, and whether that lets other accounts have names below it:

    ZONES = claim(Claim("dns", "zone", _zone_exists, select(zones.c.name, ...).where(zones.c.name.in_(NAMES))))

Names are looked for in both spellings, all names of a call at once: however many there are, each kind is asked once.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from sqlalchemy import BindParameter, Row, Select, bindparam

from tholos.kernel.errors import Exists
from tholos.kernel.tx import State
from tholos.resources.domain.registered import above, is_hosted_suffix, registrable
from tholos.resources.idn import spellings
from tholos.resources.system.model import root_user, setting
from tholos.resources.system.node_want import HOSTNAME

NAMES: BindParameter[str] = bindparam("names", expanding=True)
"""The names that are looked for."""


class Claim(NamedTuple):
    """A kind of thing that has names: its noun, its own word, the refusal of a name that it has, and who has which.

    A row of ``holders`` has the ``name``, the ``account``, and whether it ``shares`` what lies below the name. Whoever
    has one of a kind that is ``whole`` has all names below it. It is a tuple because the reference of commands looks
    for refusals in tables of those.
    """

    noun: str
    kind: str
    refusal: Callable[[str], Exists]
    holders: Select[Any]
    whole: bool = False


_CLAIMS: dict[str, Claim] = {}


def claim(kind: Claim) -> Claim:
    """Register a kind of thing that has names."""
    _CLAIMS[kind.kind] = kind
    return kind


def holder(state: State, kind: Claim, name: str) -> str | None:
    """The account that has something of this kind with this name, or None."""
    return next((one.account for one in _holders(state, kind, (name,))), None)


def is_taken(state: State, noun: str, name: str) -> bool:
    """Whether something of a noun has this name, in any account."""
    return any(holder(state, kind, name) is not None for kind in _CLAIMS.values() if kind.noun == noun)


def require_unused(state: State, noun: str, *names: str) -> None:
    """Raise Exists when something of a noun has one of the names, in any account."""
    _refuse_held([(kind, _holders(state, kind, names)) for kind in _CLAIMS.values() if kind.noun == noun], names)


def require_not_own(state: State, account: str, kind: Claim, name: str) -> None:
    """Raise Exists when an account has something of this kind with this name.

    It is asked before there is a look at the room: whoever repeats a call is told that it was carried out.
    """
    if holder(state, kind, name) == account:
        raise kind.refusal(name)


def require_not_anothers(state: State, account: str, noun: str, *names: str) -> None:
    """Raise Exists when something of another noun has one of the names in another account."""
    held = [(kind, _holders(state, kind, names)) for kind in _CLAIMS.values() if kind.noun != noun]
    _refuse_held([(kind, [one for one in rows if one.account != account]) for kind, rows in held], names)


def _refuse_held(held: Sequence[tuple[Claim, Sequence[Row[Any]]]], names: Sequence[str]) -> None:
    """Raise the refusal of the first of the names that something has."""
    taken = [(kind, {row.name for row in rows}) for kind, rows in held]
    for name in names:
        for kind, found in taken:
            if not found.isdisjoint(spellings(name)):
                raise kind.refusal(name)


def is_enforced(state: State) -> bool:
    """Whether an account's names are closed to others below them."""
    return setting(state, "ENFORCE_SUBDOMAIN_OWNERSHIP") == "yes"


def require_parent_free(state: State, account: str, *names: str) -> None:
    """Raise Exists when a name lies below one that another account has (ENFORCE_SUBDOMAIN_OWNERSHIP).

    That is the registrable part of the name, any zone that the name would be in, or an alias with ``*.`` that covers
    it; what is shared (ALLOW_USERS) forbids nothing.
    """
    if not is_enforced(state):
        return
    parents = {name: _parents(name) for name in names}
    wanted = list(dict.fromkeys(one for found in parents.values() for one in found))
    foreign = {
        spelled
        for kind in _CLAIMS.values()
        for one in _holders(state, kind, wanted)
        if one.account != account and not one.shares and _reaches_down(kind, spelled := spellings(one.name)[0])
    }
    for name, found in parents.items():
        closed = [parent for parent in found if parent in foreign]
        if closed:
            parent = closed[0] if not closed[0].startswith("*.") else registrable(name)
            raise Exists(f"Unable to add {name}. {parent} belongs to a different user", argument="domain")


def _reaches_down(kind: Claim, name: str) -> bool:
    """Tell whether whoever has a name has those below it: sites share what lies above what was registered."""
    return kind.whole or name.startswith("*.") or name == registrable(name)


def require_not_reserved(state: State, account: str, *names: str) -> None:
    """Raise Exists when a name is the node's own or covers it, or is a suffix below which its owner lets others in.

    Such names are the first administrator's: whoever has one gets what is meant for others, certificates too.
    """
    if account == root_user(state):
        return
    own = [name for name in (setting(state, HOSTNAME), *state.context.machine.read("own names")) if "." in name]
    for name in names:
        spelled = spellings(name)[0]
        bare = spelled.removeprefix("*.")
        found = [one for one in own if one == spelled or (bare != spelled and one.endswith(f".{bare}"))]
        if is_hosted_suffix(bare):
            found.append(bare)
        if found:
            reserved = found[0]
            raise Exists(f"Unable to add {name}. {reserved} is reserved", argument="domain")


def _holders(state: State, kind: Claim, names: Sequence[str]) -> Sequence[Row[Any]]:
    spelled = dict.fromkeys(spelling for name in names for spelling in spellings(name))
    return state.rows(kind.holders, {"names": list(spelled)})


def _parents(name: str) -> tuple[str, ...]:
    """In A-labels: the registrable part of a name, those between, and the aliases with ``*.`` that would answer."""
    between = above(name)
    return (registrable(name), *between, *(f"*.{one}" for one in between))
