"""Deleting an account."""

from __future__ import annotations

from sqlalchemy import delete

from tholos.kernel.command import command
from tholos.kernel.tx import Tx
from tholos.resources.log.model import history, logins, note
from tholos.resources.notification.model import notifications
from tholos.resources.owned import OWNED
from tholos.resources.stats.model import disk_usage, usage_months
from tholos.resources.system.model import root_user
from tholos.resources.types import AccountName
from tholos.resources.user.allotment import withdraw
from tholos.resources.user.model import accounts, second_factors, sftp_jails, ssh_keys
from tholos.resources.user.record import require
from tholos.resources.user.sftp_key import forget_key

_OF_ACCOUNT = (history, logins, notifications, ssh_keys, second_factors, sftp_jails, disk_usage, usage_months)
"""What is an account's and no noun's of its own; traffic goes by a trigger (revision 0019)."""


@command("user.delete", legacy="v-delete-user USER [RESTART]", rest="DELETE /users/{user}")
def remove(tx: Tx, user: AccountName) -> None:
    """Delete an account and everything that it owns; the first administrator is left as it is."""
    account = require(tx, user)
    if account.name == root_user(tx):
        return
    for kind in OWNED.values():
        kind.delete(tx, account.name)
    for table in _OF_ACCOUNT:
        tx.execute(delete(table).where(table.c.account == account.name))
    forget_key(tx, account.name)
    withdraw(tx, account)
    tx.execute(delete(accounts).where(accounts.c.id == account.id))
    tx.drop("account", account.name)
    note(tx, "system", "Users", f"Deleted user account (Name: {account.name}).")
