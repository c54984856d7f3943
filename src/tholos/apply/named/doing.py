"""Doing steps to the name server, and taking them back."""

from __future__ import annotations

from tholos.apply.named.server import Server
from tholos.apply.named.zones import is_same
from tholos.apply.steps import Member, Zone
from tholos.apply.undo import MemberBack, ZoneBack


def is_done(server: Server, step: Zone | Member) -> bool:
    """Tell whether the server already is as the step wants it."""
    if isinstance(step, Zone):
        return is_same(server.configuration(step.zone), step.configuration)
    return server.life_in(step.catalog, step.zone) == _life(step)


def undo_of(server: Server, step: Zone | Member) -> ZoneBack | MemberBack:
    """What takes the step back, computed before it is done."""
    if isinstance(step, Zone):
        return ZoneBack(step.zone, server.configuration(step.zone))
    life = server.life_in(step.catalog, step.zone)
    return MemberBack(step.catalog, step.zone, life is not None, life or 0)


def do(server: Server, step: Zone | Member | ZoneBack | MemberBack) -> None:
    """Do a step, or take one back: both say what is to be."""
    if isinstance(step, Zone | ZoneBack):
        server.put(step.zone, step.configuration)
    else:
        server.enter(step.catalog, step.zone, _life(step))


def _life(step: Member | MemberBack) -> int | None:
    return step.life if step.present else None
