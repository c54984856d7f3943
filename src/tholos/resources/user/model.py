"""Tables of accounts."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, DateTime, ForeignKey, Integer, String, Table

from tholos.kernel.tables import metadata
from tholos.resources.package.model import copied_columns

FIRST_UID = 20_000
"""Accounts are numbered from here (``numbers.py``); Debian fills from below."""

accounts = Table(
    "accounts",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", String, nullable=False, unique=True),
    Column("full_name", String, nullable=False, server_default=""),
    Column("contact", String, nullable=False),
    Column("package", String, ForeignKey("packages.name", onupdate="CASCADE"), nullable=False, index=True),
    Column("role", String, nullable=False, server_default="user"),
    Column("password_hash", String, nullable=False),
    Column("recovery_key", String, nullable=False, server_default=""),
    Column("recovery_expires", Integer, nullable=False, server_default="0"),
    Column("language", String, nullable=False, server_default=""),
    Column("theme", String, nullable=False, server_default=""),
    Column("sort_order", String, nullable=False, server_default="name"),
    Column("php_cli", String, nullable=False, server_default=""),
    Column("composer", Boolean, nullable=False, server_default="0"),
    Column("cron_reports", Boolean, nullable=False, server_default="1"),
    Column("login_disabled", Boolean, nullable=False, server_default="0"),
    Column("login_use_iplist", Boolean, nullable=False, server_default="0"),
    Column("login_allow_ips", String, nullable=False, server_default=""),
    Column("suspended", Boolean, nullable=False, server_default="0", index=True),
    *copied_columns(),
    Column("created", DateTime, nullable=False),
    sqlite_autoincrement=True,
)
"""Accounts; the uid on the node is FIRST_UID plus ``id``, and an id is never given twice."""

account_totals = Table(
    "account_totals",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("accounts", Integer, nullable=False),
    Column("suspended", Integer, nullable=False),
)
"""One row: how many accounts there are and how many are suspended. Triggers keep it (revision 0003)."""

ssh_keys = Table(
    "ssh_keys",
    metadata,
    Column("account", String, primary_key=True),
    Column("blob", String, primary_key=True),
    Column("kind", String, nullable=False),
    Column("comment", String, nullable=False, server_default=""),
    Column("revoked", Boolean, nullable=False, server_default="0"),
    Column("created", DateTime, nullable=False),
)
"""Public keys by which an account logs in, and those that were taken from it and must not be in its file."""

sftp_jails = Table(
    "sftp_jails",
    metadata,
    Column("account", String, primary_key=True),
)
"""Accounts that are confined to SFTP in their own homes."""

sftp_keys = Table(
    "sftp_keys",
    metadata,
    Column("account", String, primary_key=True),
    Column("blob", String, nullable=False),
    Column("shell", String, nullable=False),
    Column("expires", Integer, nullable=False),
)
"""Keys for copying files for a while, at most one of each account: the public half, the shell that the account had, and
the last second since 1970 (UTC) in which it opens. The private half is in the account's home and nowhere else."""

GUEST_KEY = "hst-filemanager-key"
"""The file with the private half of such a key in ``.ssh``, and the comment of the public one."""

second_factors = Table(
    "second_factors",
    metadata,
    Column("account", String, primary_key=True),
    Column("secret", String, nullable=False),
    Column("used_step", Integer, nullable=False, server_default="0"),
    Column("created", DateTime, nullable=False),
)
"""Secrets of second factors (RFC 6238); ``used_step`` is the last time step of which a code was accepted."""


def uid_of(account_id: int) -> int:
    """The account's user and group number on its node."""
    return FIRST_UID + account_id
