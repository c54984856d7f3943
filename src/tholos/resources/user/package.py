"""Giving an account another package."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, select, update

from tholos.kernel.command import command
from tholos.kernel.errors import LimitReached
from tholos.kernel.tx import State, Tx
from tholos.resources.log.model import note
from tholos.resources.package.record import Package, copied, require
from tholos.resources.types import AccountName, ObjectName
from tholos.resources.user.allotment import allot
from tholos.resources.user.model import accounts
from tholos.resources.user.record import require as require_account
from tholos.resources.user.types import Force
from tholos.resources.web.model import web_aliases, web_domains


def subscribers(state: State, package: str) -> Sequence[str]:
    """The names of the accounts that have a package."""
    return [row.name for row in state.rows(select(accounts.c.name).where(accounts.c.package == package))]


def apply_package(tx: Tx, user: str, package: Package) -> None:
    """Copy a package's values to an account, whatever it uses now."""
    values = {"package": package.name, **copied(package)}
    tx.execute(update(accounts).where(accounts.c.name == user).values(values))
    tx.want("account", user)
    allot(tx, user)


@command(
    "user.package.change",
    legacy="v-change-user-package USER PACKAGE [FORCE]",
    rest="PUT /users/{user}/package",
)
def change(tx: Tx, user: AccountName, package: ObjectName, force: Force | None = None) -> None:
    """Give an account another package; unless FORCE is yes, what it uses must fit."""
    require_account(tx, user)
    row = require(tx, package)
    if force != "yes":
        for key, used in _usage(tx, user).items():
            _require_fits(key, row, used)
    apply_package(tx, user, row)
    note(tx, user, "System", f"Package changed (Package: {package}).")
    note(tx, "system", "System", f"Package changed (Name: {user}, Package: {package}).")


def _usage(state: State, user: str) -> dict[str, int]:
    """How much of each limit an account uses; WEB_ALIASES counts for each site apart."""
    sites = select(func.count()).where(web_domains.c.account == user)
    per_site = (
        select(func.count().label("aliases"))
        .select_from(web_aliases.join(web_domains))
        .where(web_domains.c.account == user)
        .group_by(web_aliases.c.domain_id)
        .subquery()
    )
    most = state.value(select(func.max(per_site.c.aliases)))
    return {"WEB_DOMAINS": state.value(sites), "WEB_ALIASES": most or 0}


def _require_fits(key: str, package: Package, used: int) -> None:
    limit = package._mapping[key.lower()]
    if limit != "unlimited" and used > int(limit):
        raise LimitReached(f"{key} limit of package {package.name} is below what is in use", argument="package")
