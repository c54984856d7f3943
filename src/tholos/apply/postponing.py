"""Things on servers that are out of service: noted with the commit that touched them, planned again when one answers.

A thing is noted, and no statement: what is to be done is what the state says by then.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select

from tholos.apply.batch import Plan
from tholos.apply.model import sql_purges
from tholos.apply.steps import Forsake, Postpone
from tholos.kernel.postponed import postponed
from tholos.kernel.tx import Tx

_HERE = tuple(postponed.c)


def note(connection: Connection, plan: Plan) -> None:
    """Note what a plan postpones; on a server that it forsakes nothing is to be done any more."""
    for step in plan.changes:
        if isinstance(step, Postpone):
            values = {"server": step.server, "scope": step.scope, "key": json.dumps(step.key)}
            connection.execute(_this(**values))
            connection.execute(insert(postponed).values(values))
        elif isinstance(step, Forsake):
            for table in (postponed, sql_purges):
                connection.execute(delete(table).where(table.c.server == step.server))


def waiting(connection: Connection) -> Sequence[Row[Any]]:
    """What waits for servers."""
    return connection.execute(select(postponed).order_by(*_HERE)).all()


def resume(tx: Tx, row: Row[Any]) -> None:
    """Have a thing planned again, unless its server was forgotten since; if that does not answer, it is noted anew."""
    if tx.execute(_this(**row._mapping)):
        tx.want(row.scope, *json.loads(row.key))


def _this(**values: str) -> Any:
    return delete(postponed).where(*(column == values[column.name] for column in _HERE))
