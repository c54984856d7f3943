"""Packages, and the limits that accounts have from them, as the REST API shows them."""

from __future__ import annotations

from typing import Annotated, Any, Self

import msgspec

from tholos.resources.package.record import Package as Record
from tholos.resources.shown import Moment, limit, moment, some, split


class Templates(msgspec.Struct, frozen=True):
    """The templates that new things of an account get."""

    web: str
    proxy: str
    backend: str
    dns: str

    @classmethod
    def of(cls, record: Any) -> Self:
        """The templates in a package's or an account's record."""
        return cls(record.web_template, record.proxy_template, record.backend_template, record.dns_template)


Count = Annotated[int, msgspec.Meta(ge=0, le=999_999_999)]


class Limits(msgspec.Struct, frozen=True):
    """How much an account may have; null is unlimited. Disk and bandwidth are in megabytes."""

    web_domains: Count | None
    web_aliases: Count | None
    dns_domains: Count | None
    dns_records: Count | None
    mail_domains: Count | None
    mail_accounts: Count | None
    rate_limit: Count | None
    databases: Count | None
    cron_jobs: Count | None
    disk_quota: Count | None
    bandwidth: Count | None
    backups: Count | None
    cpu_quota: str | None
    cpu_quota_period: str | None
    memory_limit: str | None
    swap_limit: str | None

    @classmethod
    def of(cls, record: Any) -> Self:
        """The limits in a package's or an account's record."""
        values: dict[str, Any] = {name: limit(getattr(record, name)) for name in _COUNTS}
        values |= {name: _amount(getattr(record, name)) for name in _AMOUNTS}
        return cls(**values)


_AMOUNTS = ("cpu_quota", "cpu_quota_period", "memory_limit", "swap_limit")
_COUNTS = tuple(name for name in Limits.__struct_fields__ if name not in _AMOUNTS)


def _amount(value: str) -> str | None:
    return None if value == "unlimited" else some(value)


class Package(msgspec.Struct, frozen=True):
    """A package: what its accounts get."""

    package: str
    templates: Templates
    limits: Limits
    name_servers: list[str]
    shell: str
    backups_incremental: bool
    created: Moment

    @classmethod
    def of(cls, record: Record) -> Self:
        """The resource of a record."""
        return cls(
            package=record.name,
            templates=Templates.of(record),
            limits=Limits.of(record),
            name_servers=split(record.ns),
            shell=record.shell,
            backups_incremental=record.backups_incremental == "yes",
            created=moment(record.created),
        )
