"""The figures of each month: recorded once a day and when a month ends, listed, and forgotten."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, delete, func, literal, select
from sqlalchemy.dialects.sqlite import insert

from tholos.kernel.command import command
from tholos.kernel.tx import State, Tx
from tholos.kernel.types import Choice
from tholos.resources.log.model import SYSTEM, note
from tholos.resources.package.record import DEFAULT
from tholos.resources.stats.model import COUNTS, NODE, usage_clock, usage_months
from tholos.resources.stats.resource import NodeMonth, UserMonth
from tholos.resources.stats.views import NODE_MONTHS, USER_MONTHS
from tholos.resources.system.model import root_user
from tholos.resources.types import AccountName
from tholos.resources.user.model import accounts
from tholos.resources.user.record import find, listed, require

MONTHS = "months"
"""The job that records the figures of every account, some at a time."""


class WholeNode(Choice):
    """The word that chooses the sums of the node."""

    __slots__ = ()
    words = ("overall",)
    expected = "overall, or nothing"
    example = "overall"


@command(
    "usage.months.list",
    legacy="v-list-user-stats USER [FORMAT]",
    rest="GET /users/{user}/usage-months",
    role="user",
    view=USER_MONTHS,
    resource=UserMonth,
)
def show(state: State, user: AccountName) -> Sequence[Row[Any]]:
    """List what an account used in each month."""
    require(state, user)
    return _of(state, user)


@command(
    "usage.months.list_node",
    legacy="v-list-users-stats [FORMAT]",
    rest="GET /usage-months",
    view=NODE_MONTHS,
    resource=NodeMonth,
)
def show_node(state: State) -> Sequence[Row[Any]]:
    """List what all accounts used together in each month."""
    return _of(state, NODE)


def _of(state: State, account: str) -> Sequence[Row[Any]]:
    here = usage_months.c.account == account
    return state.listed(select(usage_months).where(here).order_by(usage_months.c.month))


@command(
    "usage.months.update",
    legacy="v-update-user-stats [USER]",
    rest="POST /users/{user}/usage-months/update",
)
def update(tx: Tx, user: AccountName | None = None) -> None:
    """Record what an account has used in this month until now; without an account, what every one has."""
    if user is None:
        tx.wait_for(MONTHS)
        return
    require(tx, user)
    record(tx, user)


@command(
    "usage.months.delete",
    legacy="v-delete-user-stats USER [DOMAIN]",
    usage="USER",
    rest="DELETE /users/{user}/usage-months",
)
def remove(tx: Tx, user: AccountName, domain: WholeNode | None = None) -> None:
    """Forget what an account used in earlier months; of the first administrator, with a word more, the node's sums."""
    require(tx, user)
    whole = domain is not None and user == root_user(tx)
    tx.execute(delete(usage_months).where(usage_months.c.account == (NODE if whole else user)))
    note(tx, SYSTEM, "System", f"Deleted usage history ({'all accounts' if whole else f'User: {user}'}).")


def record(tx: Tx, user: str) -> None:
    """Record the figures of an account for the month that is shown."""
    account = listed(tx, AccountName(user))
    values = {name: getattr(account, name) for name in (*COUNTS, "package", "disk_quota", "bandwidth")}
    month = tx.value(select(usage_clock.c.month))
    row = {"account": user, "month": month, "recorded": tx.context.now, **values}
    tx.execute(insert(usage_months).values(row).on_conflict_do_update(index_elements=["account", "month"], set_=row))


def record_if_there(tx: Tx, user: str) -> None:
    """As record, for an account that may have been deleted meanwhile."""
    if find(tx, user) is not None:
        record(tx, user)


def record_node(tx: Tx, month: str) -> None:
    """Record the sums of all accounts for a month. The node has no package and no limits of its own."""
    sums = [func.coalesce(func.sum(usage_months.c[name]), 0).label(name) for name in COUNTS]
    fixed = {"account": NODE, "month": month, "package": DEFAULT, "disk_quota": "0", "bandwidth": "0"}
    of_all = (usage_months.c.month == month) & (usage_months.c.account != NODE)
    found = tx.row(select(*sums, func.count().label("u_users")).where(of_all))
    if found is not None:
        row = {**found._mapping, **fixed, "recorded": tx.context.now}
        put = insert(usage_months).values(row)
        tx.execute(put.on_conflict_do_update(index_elements=["account", "month"], set_=row))


def names_after(state: State, name: str, count: int) -> list[str]:
    """The next accounts by name."""
    return [
        row.name
        for row in state.rows(
            select(accounts.c.name).where(accounts.c.name > literal(name)).order_by(accounts.c.name).limit(count)
        )
    ]
