"""The figures of months as the REST API shows them."""

from __future__ import annotations

from datetime import date
from typing import Any, Self

import msgspec
from sqlalchemy import Row

from tholos.resources.shown import Moment, limit, moment
from tholos.resources.stats.views import last_day

_FIGURES = {
    "addresses_owned": "ip_owned",
    "disk": "u_disk",
    "disk_home": "u_disk_dirs",
    "disk_web": "u_disk_web",
    "disk_mail": "u_disk_mail",
    "disk_databases": "u_disk_db",
    "bandwidth": "u_bandwidth",
    "web_domains": "u_web_domains",
    "web_domains_ssl": "u_web_ssl",
    "web_aliases": "u_web_aliases",
    "dns_domains": "u_dns_domains",
    "dns_records": "u_dns_records",
    "mail_domains": "u_mail_domains",
    "mail_domains_dkim": "u_mail_dkim",
    "mail_accounts": "u_mail_accounts",
    "databases": "u_databases",
    "cron_jobs": "u_cron_jobs",
    "backups": "u_backups",
}
"""The column behind each figure."""


class _Month(msgspec.Struct, frozen=True):
    """What was there in a month, when it was last looked at; disk and bandwidth are in megabytes."""

    last_day: date
    recorded: Moment
    addresses_owned: int
    disk: int
    disk_home: int
    disk_web: int
    disk_mail: int
    disk_databases: int
    bandwidth: int
    web_domains: int
    web_domains_ssl: int
    web_aliases: int
    dns_domains: int
    dns_records: int
    mail_domains: int
    mail_domains_dkim: int
    mail_accounts: int
    databases: int
    cron_jobs: int
    backups: int

    @classmethod
    def of(cls, record: Row[Any]) -> Self:
        """The resource of a record."""
        figures = {name: getattr(record, column) for name, column in _FIGURES.items()}
        return cls(last_day=last_day(record.month), recorded=moment(record.recorded), **figures, **cls._more(record))

    @classmethod
    def _more(cls, _record: Row[Any]) -> dict[str, Any]:
        return {}


class UserMonth(_Month, frozen=True, kw_only=True):
    """What an account had in a month, and what its package allowed; a limit is null where there was none."""

    package: str
    disk_quota: int | None
    bandwidth_limit: int | None

    @classmethod
    def _more(cls, record: Row[Any]) -> dict[str, Any]:
        limits = {"disk_quota": limit(record.disk_quota), "bandwidth_limit": limit(record.bandwidth)}
        return {"package": record.package, **limits}


class NodeMonth(_Month, frozen=True, kw_only=True):
    """What all accounts together had in a month, and how many they were."""

    accounts: int

    @classmethod
    def _more(cls, record: Row[Any]) -> dict[str, Any]:
        return {"accounts": record.u_users}
