"""Reading accounts: the record that lists show, and the checks that every command begins with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from types import SimpleNamespace
from typing import Any

from sqlalchemy import Row, Select, bindparam, exists, func, or_, select

from tholos.kernel.errors import NotExist
from tholos.kernel.tx import State
from tholos.resources.ip.model import addresses
from tholos.resources.notification.model import notifications
from tholos.resources.pausing import refuse_suspended
from tholos.resources.stats.sizes import begun, full
from tholos.resources.system.model import root_user, settings
from tholos.resources.types import AccountName
from tholos.resources.usage import COUNTED, COUNTS, EXACT
from tholos.resources.user.model import account_totals, accounts, second_factors

Account = Row[Any]
"""An account's row: the columns of ``accounts`` and the counters of ``_counters``, by name."""


def _any_of(owner: Any, *conditions: Any) -> Any:
    return exists().where(owner == accounts.c.name, *conditions)


def _counters() -> list[Any]:
    owned = addresses.c.owner == accounts.c.name
    first = select(settings.c.value).where(settings.c.key == "ROOT_USER").scalar_subquery()
    # The first administrator may use every address.
    free = select(func.count()).where(or_(owned, addresses.c.status == "shared", accounts.c.name == first))
    return [
        *(statement.scalar_subquery().label(name) for name, statement in COUNTED.items()),
        free.scalar_subquery().label("ip_avail"),
        _any_of(notifications.c.account, ~notifications.c.acknowledged).label("notified"),
        _any_of(second_factors.c.account).label("second_factor"),
        select(func.count()).where(owned).scalar_subquery().label("ip_owned"),
    ]


@cache
def _counted() -> Select[Any]:
    """Accounts with counters that are counted, not kept: they cannot be wrong.

    It is made at the first use, when every noun has said what it counts.
    """
    return select(accounts, *_counters())


_NONE = dict.fromkeys((*COUNTS, *EXACT), 0)
# Nearly every call asks for its account, so this statement is made once.
_FIND = select(accounts).where(accounts.c.name == bindparam("account"))


def find(state: State, name: str) -> Account | None:
    """An account's own columns, or None."""
    return state.row(_FIND, {"account": name})


def require(state: State, name: AccountName, argument: str = "user") -> Account:
    """The account, or NotExist (exit code 3)."""
    account = find(state, name)
    if account is None:
        raise NotExist(f"user {name} doesn't exist", argument=argument)
    return account


def require_active(state: State, name: AccountName) -> Account:
    """The account, NotExist, or Suspended (exit code 5)."""
    account = require(state, name)
    refuse_suspended(account, "user", name, "user")
    return account


def totals(state: State) -> tuple[int, int]:
    """How many accounts there are and how many of them are suspended."""
    row = state.row(select(account_totals))
    return (row.accounts, row.suspended) if row is not None else (0, 0)


def _measured(row: Mapping[Any, Any]) -> dict[str, Any]:
    """The columns of a row with what was measured in megabytes; what was not yet is 0."""
    values = dict(row)
    values.update((name, values[name] or 0) for name in EXACT if name in values)
    values["u_disk_dirs"] = begun(values["bytes_home"])
    values["u_disk_web"] = begun(values["bytes_web"])
    values["u_disk_db"] = begun(values["bytes_databases"])
    values["u_bandwidth"] = full(values["bytes_sent"])
    values["u_disk"] = sum(values.get(f"u_disk_{part}", 0) for part in ("dirs", "web", "mail", "db"))
    return values


class Listed(SimpleNamespace):
    """An account as lists show it: its row, what it uses, and the totals of the node where the reference shows them.

    The columns are copied out of the row, because a list reads sixty of each and a row looks each up by name.
    """

    def __init__(self, row: Account, total: tuple[int, int], *, secrets: bool) -> None:
        super().__init__(**_NONE | _measured(row._mapping), u_users=total[0], suspended_users=total[1])
        if not secrets:
            self.recovery_key = ""


def listed(state: State, name: AccountName) -> Listed:
    """One account with its counters; NotExist when there is none."""
    row = state.row(_counted().where(accounts.c.name == name))
    if row is None:
        raise NotExist(f"user {name} doesn't exist", argument="user")
    return Listed(row, totals(state), secrets=state.context.caller.sees_secrets)


_COLUMNS = {
    "user": accounts.c.name,
    "name": accounts.c.full_name,
    "email": accounts.c.contact,
    "login_restricted": accounts.c.login_use_iplist,
    **{name: accounts.c[name] for name in ("package", "role", "suspended", "login_disabled", "shell", "cron_reports")},
}
"""The columns behind the fields that a list is filtered by."""


def all_listed(state: State) -> Sequence[Listed]:
    """Every account with its counters, by name; the node's totals stand with the first administrator alone."""
    first, total = root_user(state), totals(state)
    rows, secrets = state.listed(_counted().order_by(accounts.c.name), _COLUMNS), state.context.caller.sees_secrets
    return [Listed(row, total if row.name == first else (0, 0), secrets=secrets) for row in rows]
