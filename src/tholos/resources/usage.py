"""What an account uses: each noun says here how its objects are counted and which limit of a package they fill.

A noun adds a count with one line, next to its ``owned`` and ``part``; the statement gives one number and is correlated
with ``accounts.c.name``:

    USED = counted("u_dns_domains", select(func.count()).where(zones.c.account == accounts.c.name), limit="dns_domains")

Lists of accounts (RPC, ``v-get-user-value`` and REST) then show it, and a change of package compares it with the limit.
Where the limit means something else than the count that lists show, such as the most aliases of any one site, the
comparison is added by itself:

    MOST = compared("web_aliases", select(...))
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select

from tholos.kernel.view import words
from tholos.resources.package.model import LIMITS

COUNTS = words(
    "suspended_web suspended_dns suspended_mail suspended_db suspended_cron u_disk u_disk_dirs u_disk_web u_disk_mail "
    "u_disk_db u_bandwidth u_web_domains u_web_ssl u_web_aliases u_dns_domains u_dns_records u_mail_domains "
    "u_mail_dkim u_mail_accounts u_databases u_cron_jobs u_backups"
)
"""The counts that an account's record has (``state.json``: user.conf); what no noun counts is 0."""

EXACT = words("bytes_home bytes_web bytes_databases bytes_sent")
"""What is measured in bytes; the record shows it in megabytes.

These are ``u_disk_dirs``, ``u_disk_web``, ``u_disk_db`` and ``u_bandwidth``.
"""

COUNTED: dict[str, Select[Any]] = {}
"""Statements by the count that lists show."""
COMPARED: dict[str, Select[Any]] = {}
"""Statements by the limit of a package."""


def counted(name: str, statement: Select[Any], limit: str = "") -> Select[Any]:
    """Register how a count of lists is made, and the limit that it fills where there is one."""
    if name not in (*COUNTS, *EXACT):
        raise LookupError(f"accounts have no count {name}")
    COUNTED[name] = statement
    return compared(limit, statement) if limit else statement


def compared(limit: str, statement: Select[Any]) -> Select[Any]:
    """Register what a limit of a package is compared with when an account is given another package."""
    if limit not in LIMITS:
        raise LookupError(f"packages have no limit {limit}")
    COMPARED[limit] = statement
    return statement
