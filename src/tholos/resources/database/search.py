"""Finding databases by their names."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import or_

from tholos.kernel.tx import State
from tholos.resources.database.model import databases
from tholos.resources.database.record import DATABASES
from tholos.resources.search.kinds import Thing, findable, has


def find_databases(state: State, term: str, account: str | None) -> Iterator[Thing]:
    """The databases that have a term in their name or in that of their login."""
    named = DATABASES.where(or_(has(databases.c.name, term), has(databases.c.login, term)))
    found = named if account is None else named.where(databases.c.account == account)
    for row in state.rows(found.order_by(databases.c.account, databases.c.id)):
        yield Thing(row.account, "db", "DATABASE", row.name, row.suspended, row.created)


findable(40, find_databases)
