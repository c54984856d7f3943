"""What was retired on database servers: noted with the commit that retired it, dropped for good afterwards."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, delete, insert, select

from tholos.apply.batch import Plan
from tholos.apply.host import Host
from tholos.apply.model import sql_purges
from tholos.apply.sql.retired import Thing
from tholos.apply.steps import Statement
from tholos.kernel.errors import Refusal
from tholos.kernel.log import log


def note(connection: Connection, batch: str, plan: Plan) -> None:
    """Note what a plan retires; what it makes anew was there to be dropped no longer."""
    for step in plan.statements():
        if step.creates:
            here = (sql_purges.c.server == step.server) & (sql_purges.c.thing == step.creates)
            connection.execute(delete(sql_purges).where(here))
        if step.retires:
            values = {"server": step.server, "thing": step.retires, "statements": msgspec.msgpack.encode(step.purge)}
            connection.execute(insert(sql_purges).values(batch=batch, **values))


def retired(plan: Plan) -> Iterable[Thing]:
    """What a plan retires."""
    return [(step.server, step.retires) for step in plan.statements() if step.retires]


def waiting(connection: Connection) -> Sequence[Row[Any]]:
    """What is still to be dropped; databases come before the logins that own them."""
    return connection.execute(select(sql_purges).order_by(sql_purges.c.server, sql_purges.c.thing)).all()


def drop(host: Host, row: Row[Any]) -> bool:
    """Drop what a row says; tell whether that is done. What fails now is tried again later."""
    try:
        host.drop(row.server, row.thing, msgspec.msgpack.decode(row.statements, type=tuple[Statement, ...]))
    except Refusal as error:
        log.error("drop failed", server=row.server, thing=row.thing, error=error.text)
        return False
    return True
