"""Tables of packages, and the columns that an account copies from its package."""

from __future__ import annotations

from sqlalchemy import Column, DateTime, String, Table

from tholos.kernel.tables import metadata

LIMITS = {
    "web_domains": "unlimited",
    "web_aliases": "unlimited",
    "dns_domains": "unlimited",
    "dns_records": "unlimited",
    "mail_domains": "unlimited",
    "mail_accounts": "unlimited",
    "rate_limit": "200",
    "databases": "unlimited",
    "cron_jobs": "unlimited",
    "disk_quota": "unlimited",
    "cpu_quota": "unlimited",
    "cpu_quota_period": "unlimited",
    "memory_limit": "unlimited",
    "swap_limit": "unlimited",
    "bandwidth": "unlimited",
    "backups": "1",
}
"""Limits by column, with the default package's values; each is a number in digits or the word ``unlimited``."""

DEFAULTS = {
    "web_template": "default",
    "proxy_template": "default",
    "backend_template": "default",
    "dns_template": "default",
    "ns": "ns1.domain.tld,ns2.domain.tld",
    "shell": "nologin",
    "backups_incremental": "no",
}
"""What else an account copies from its package, with the default package's values."""

COPIED = (*DEFAULTS, *LIMITS)
"""The columns that packages and accounts share."""


def copied_columns() -> list[Column[str]]:
    """Fresh columns for a table that holds a package's values."""
    return [Column(name, String, nullable=False, server_default=value) for name, value in (DEFAULTS | LIMITS).items()]


packages = Table(
    "packages",
    metadata,
    Column("name", String, primary_key=True),
    *copied_columns(),
    Column("created", DateTime, nullable=False),
)
