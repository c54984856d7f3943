"""Giving an account another package.

What an account uses is compared with each limit that a noun has registered in ``resources/usage.py``.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import delete, select, update

from tholos.kernel.command import command
from tholos.kernel.errors import LimitReached
from tholos.kernel.tx import State, Tx
from tholos.resources.log.model import note
from tholos.resources.package.model import LIMITS, packages
from tholos.resources.package.record import DEFAULT, Package, copied, require
from tholos.resources.types import AccountName, ObjectName
from tholos.resources.usage import COMPARED
from tholos.resources.user.allotment import allot
from tholos.resources.user.each import Each, do_some, each
from tholos.resources.user.model import accounts
from tholos.resources.user.record import require as require_account
from tholos.resources.user.sftp_jail import follow_shell
from tholos.resources.user.types import Force


def subscribers(state: State, package: str) -> Sequence[str]:
    """The names of the accounts that have a package."""
    return [row.name for row in state.rows(select(accounts.c.name).where(accounts.c.package == package))]


def _apply_own(tx: Tx, user: AccountName) -> None:
    apply_package(tx, user, require(tx, require_account(tx, user).package))


def _apply_default(tx: Tx, user: str) -> None:
    apply_package(tx, user, require(tx, DEFAULT))


def _delete(tx: Tx, package: str) -> None:
    """Delete a package; accounts that have got it meanwhile, or could not be given another, get the default one."""
    require(tx, package)
    do_some(tx, TO_DEFAULT, package, subscribers(tx, package))
    tx.execute(delete(packages).where(packages.c.name == package))
    note(tx, "system", "System", f"Package deleted (Name: {package}).")


_OF = "accounts of the package"
TO_LIMITS = each(Each("package limits", _OF, subscribers, _apply_own, "Limits of the package not applied"))
"""Giving accounts of a package its limits as they are now."""
TO_DEFAULT = each(Each("default package", _OF, subscribers, _apply_default, "Package not changed", end=_delete))
"""Giving accounts of a package the package ``default``, and deleting theirs."""


def apply_package(tx: Tx, user: str, package: Package) -> None:
    """Copy a package's values to an account, whatever it uses now."""
    values = {"package": package.name, **copied(package)}
    tx.execute(update(accounts).where(accounts.c.name == user).values(values))
    tx.want("account", user)
    allot(tx, user)
    follow_shell(tx, user)


@command(
    "user.package.change",
    legacy="v-change-user-package USER PACKAGE [FORCE]",
    examples={"package": "gold"},
    rest="PUT /users/{user}/package",
)
def change(tx: Tx, user: AccountName, package: ObjectName, force: Force | None = None) -> None:
    """Give an account another package; unless FORCE is yes, what it uses must fit."""
    require_account(tx, user)
    row = require(tx, package)
    if force != "yes":
        _require_fits(tx, user, row)
    apply_package(tx, user, row)
    note(tx, user, "System", f"Package changed (Package: {package}).")
    note(tx, "system", "System", f"Package changed (Name: {user}, Package: {package}).")


def _require_fits(state: State, user: str, package: Package) -> None:
    """Raise LimitReached for the first limit, in the order of a package's values, that is below what is in use."""
    limits = [name for name in LIMITS if name in COMPARED]
    used = state.row(select(*(COMPARED[name].scalar_subquery() for name in limits)).where(accounts.c.name == user))
    for name, count in zip(limits, used or (), strict=True):
        limit = package._mapping[name]
        if limit != "unlimited" and (count or 0) > int(limit):
            raise LimitReached(
                f"{name.upper()} limit of package {package.name} is below what is in use", argument="package"
            )
