"""Accounts as the REST API shows them. No password, hash or recovery key is among their fields."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import ClassVar, Self

import msgspec

from tholos.resources.package.resource import Limits, Templates
from tholos.resources.shown import Moment, moment, some, split
from tholos.resources.user.record import Listed


class Usage(msgspec.Struct, frozen=True):
    """What an account has; disk and bandwidth are in megabytes, and where they are measured here in bytes too.

    ``accounts`` are those of the node, which stand with the first administrator.
    """

    unsteady: ClassVar[frozenset[str]] = frozenset(
        (
            *("disk", "disk_home", "disk_web", "disk_mail", "disk_databases", "bandwidth"),
            *("disk_home_bytes", "disk_web_bytes", "disk_databases_bytes", "bandwidth_bytes"),
            *("accounts", "accounts_suspended", "addresses_usable"),
        )
    )
    web_domains: int
    web_domains_suspended: int
    web_domains_ssl: int
    web_aliases: int
    dns_domains: int
    dns_domains_suspended: int
    dns_records: int
    mail_domains: int
    mail_domains_suspended: int
    mail_domains_dkim: int
    mail_accounts: int
    databases: int
    databases_suspended: int
    cron_jobs: int
    cron_jobs_suspended: int
    backups: int
    disk: int
    disk_home: int
    disk_web: int
    disk_mail: int
    disk_databases: int
    bandwidth: int
    disk_home_bytes: int
    disk_web_bytes: int
    disk_databases_bytes: int
    bandwidth_bytes: int
    accounts: int
    accounts_suspended: int
    addresses_owned: int
    addresses_usable: int

    @classmethod
    def of(cls, record: Listed) -> Self:
        """The counters of a record."""
        return cls(**{name: getattr(record, column) for name, column in _COUNTS.items()})


_COUNTS = {
    "web_domains": "u_web_domains",
    "web_domains_suspended": "suspended_web",
    "web_domains_ssl": "u_web_ssl",
    "web_aliases": "u_web_aliases",
    "dns_domains": "u_dns_domains",
    "dns_domains_suspended": "suspended_dns",
    "dns_records": "u_dns_records",
    "mail_domains": "u_mail_domains",
    "mail_domains_suspended": "suspended_mail",
    "mail_domains_dkim": "u_mail_dkim",
    "mail_accounts": "u_mail_accounts",
    "databases": "u_databases",
    "databases_suspended": "suspended_db",
    "cron_jobs": "u_cron_jobs",
    "cron_jobs_suspended": "suspended_cron",
    "backups": "u_backups",
    "disk": "u_disk",
    "disk_home": "u_disk_dirs",
    "disk_web": "u_disk_web",
    "disk_mail": "u_disk_mail",
    "disk_databases": "u_disk_db",
    "bandwidth": "u_bandwidth",
    "disk_home_bytes": "bytes_home",
    "disk_web_bytes": "bytes_web",
    "disk_databases_bytes": "bytes_databases",
    "bandwidth_bytes": "bytes_sent",
    "accounts": "u_users",
    "accounts_suspended": "suspended_users",
    "addresses_owned": "ip_owned",
    "addresses_usable": "ip_avail",
}
"""The counter of a record behind each figure."""


class User(msgspec.Struct, frozen=True):
    """An account: who it is, what it may have and what it has.

    Logins come from ``login_addresses`` alone where they are restricted. ``php_cli`` is the PHP of its shell, null for
    the node's, ``password_reset_expires`` the last moment of a key for resetting its password.
    """

    unsteady: ClassVar[frozenset[str]] = frozenset(("unread_notifications",))
    user: str
    name: str
    email: str
    role: str
    package: str
    suspended: bool
    login_disabled: bool
    login_restricted: bool
    login_addresses: list[str]
    second_factor: bool
    password_reset_expires: Moment | None
    unread_notifications: bool
    language: str | None
    theme: str | None
    sort_order: str
    shell: str
    home: str
    name_servers: list[str]
    php_cli: str | None
    cron_reports: bool
    backups_incremental: bool
    templates: Templates
    limits: Limits
    usage: Usage
    created: Moment

    @classmethod
    def of(cls, record: Listed) -> Self:
        """The resource of a record."""
        expires = record.recovery_expires
        return cls(
            user=record.name,
            name=record.full_name,
            email=record.contact,
            role=record.role,
            package=record.package,
            suspended=record.suspended,
            login_disabled=record.login_disabled,
            login_restricted=record.login_use_iplist,
            login_addresses=split(record.login_allow_ips),
            second_factor=record.second_factor,
            password_reset_expires=moment(datetime.fromtimestamp(expires, UTC)) if expires else None,
            unread_notifications=record.notified,
            language=some(record.language),
            theme=some(record.theme),
            sort_order=record.sort_order,
            shell=record.shell,
            home=f"/home/{record.name}",
            name_servers=split(record.ns),
            php_cli=some(record.php_cli),
            cron_reports=record.cron_reports,
            backups_incremental=record.backups_incremental == "yes",
            templates=Templates.of(record),
            limits=Limits.of(record),
            usage=Usage.of(record),
            created=moment(record.created),
        )
