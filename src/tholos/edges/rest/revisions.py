"""How often what no GET shows of a resource, a password, was set: what its entity tag knows of that.

A count tells that something was changed and nothing of what it is, which a hash of it would.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import delete, or_, select
from sqlalchemy.dialects.sqlite import insert

from tholos.apply.model import revisions
from tholos.edges.audit import is_masked
from tholos.edges.rest.routes import Route, all_routes
from tholos.kernel.command import Bound, Command
from tholos.kernel.tx import State, Tx
from tholos.resources.types import HostName

_FIRST = insert(revisions).values(number=1)
_ADD = _FIRST.on_conflict_do_update(index_elements=["path"], set_={"number": revisions.c.number + 1})


def revision(state: State, route: Route, arguments: Mapping[str, Any]) -> int:
    """How often something unseen of the resource was set that a route shows for these typed arguments."""
    if route.many:
        return 0
    return state.value(select(revisions.c.number).where(revisions.c.path == _path(route, arguments))) or 0


def note_unseen(tx: Tx, command: Command, bound: Bound) -> None:
    """Count a change that sets what no GET shows, and forget the counts of a thing that is deleted."""
    if not command.rest:
        return
    route = Route(command)
    if route.method == "DELETE":
        _forget(tx, _path(route, bound.arguments))
    elif sets_unseen(route):
        path = _path(route, bound.arguments)
        found = all_routes().reading(route, path)
        if found is not None and not found[0].many:
            tx.execute(_ADD, {"path": found[0].below(found[1])})


def sets_unseen(route: Route) -> bool:
    """Whether a change sets what no GET shows."""
    slots = route.command.parameters
    # Of what is only masked, a check of a code is no change.
    return any(getattr(slot.type, "secret", False) for slot in slots) or (
        route.method == "PUT" and any(map(is_masked, slots))
    )


def _forget(tx: Tx, path: str) -> None:
    column = revisions.c.path
    tx.execute(delete(revisions).where(or_(column == path, (column > f"{path}/") & (column < f"{path}0"))))


def _path(route: Route, arguments: Mapping[str, Any]) -> str:
    """The path of a thing in its one spelling, whichever somebody used for it."""
    return route.below({name: _spelled(arguments[name]) for name in route.names})


def _spelled(value: Any) -> str:
    return value.ascii if isinstance(value, HostName) else str(value)
