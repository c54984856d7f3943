"""Tables of what is measured: traffic by site and month, homes on disk, and the figures of each month."""

from __future__ import annotations

from sqlalchemy import Column, DateTime, ForeignKey, Index, Integer, String, Table, select

from tholos.kernel.tables import metadata
from tholos.kernel.view import words

site_tenures = Table(
    "site_tenures",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("domain", String, nullable=False, index=True),
    Column("account", String, nullable=False, index=True),
    Column("site_id", Integer),
    Column("since", Integer, nullable=False),
    # Both columns: with one, SQLite may as well look through all that an account has, for each of its sites.
    Index("ix_site_tenures_site_id", "site_id", "account"),
    sqlite_autoincrement=True,
)
"""Who had a site of which name, since which millisecond of 1970 (UTC); triggers keep it (revision 0019).

A tenure lasts until the next of the same name begins. ``site_id`` is NULL once the site is gone, ``account`` is empty
once the account is.
"""

traffic = Table(
    "traffic",
    metadata,
    Column("tenure_id", Integer, ForeignKey("site_tenures.id", ondelete="CASCADE"), primary_key=True),
    Column("month", String, primary_key=True),
    Column("sent", Integer, nullable=False),
)
"""Bytes that were sent to visitors by tenure and month (``2026-11``, by the node's clock)."""

traffic_logs = Table(
    "traffic_logs",
    metadata,
    Column("log", String, primary_key=True),
    Column("counted", Integer, nullable=False),
    Column("seen", DateTime, nullable=False),
)
"""How many bytes of each log are counted; a log is known by a digest of its first line, whatever its name or file."""

usage_clock = Table(
    "usage_clock",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("month", String, nullable=False),
    Column("recorded", String, nullable=False, server_default=""),
)
"""One row: the month whose traffic is shown, and the day on which every account's figures were last recorded.

The month stands in the state and not in the clock alone, so that one commit begins it for every reader.
"""

disk_usage = Table(
    "disk_usage",
    metadata,
    Column("account", String, primary_key=True),
    Column("home", Integer, nullable=False),
    Column("measured", Integer, nullable=False, index=True),
)
"""Bytes of a home without sites and mail, and the second of 1970 (UTC) in which all of it was last measured."""

COUNTS = words(
    "ip_owned u_disk u_disk_dirs u_disk_web u_disk_mail u_disk_db u_bandwidth u_web_domains u_web_ssl u_web_aliases "
    "u_dns_domains u_dns_records u_mail_domains u_mail_dkim u_mail_accounts u_databases u_cron_jobs u_backups"
)
"""The figures of a month that are numbers (``state.json``: stats.log)."""
NODE = ""
"""The account under which the sums of the whole node stand."""

usage_months = Table(
    "usage_months",
    metadata,
    Column("account", String, primary_key=True),
    Column("month", String, primary_key=True),
    Column("recorded", DateTime, nullable=False),
    Column("package", String, nullable=False),
    Column("disk_quota", String, nullable=False),
    Column("bandwidth", String, nullable=False),
    *(Column(name, Integer, nullable=False, server_default="0") for name in COUNTS),
    Column("u_users", Integer, nullable=False, server_default="0"),
    Index("ix_usage_months_month", "month"),
)
"""What an account had in a month, as last recorded; ``u_users`` counts accounts and stands with the node alone."""

MONTH = select(usage_clock.c.month).scalar_subquery()
"""The month whose traffic is shown."""
