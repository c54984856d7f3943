"""Accounts as the REST API shows them. No password, hash or recovery key is among their fields."""

from __future__ import annotations

from typing import Self

import msgspec

from tholos.resources.package.resource import Limits, Templates
from tholos.resources.shown import Moment, moment, some, split
from tholos.resources.user.record import Listed


class Usage(msgspec.Struct, frozen=True):
    """What an account has."""

    web_domains: int
    web_domains_suspended: int
    web_domains_ssl: int
    web_aliases: int
    addresses_owned: int
    addresses_usable: int

    @classmethod
    def of(cls, record: Listed) -> Self:
        """The counters of a record."""
        return cls(
            web_domains=record.u_web_domains,
            web_domains_suspended=record.suspended_web,
            web_domains_ssl=record.u_web_ssl,
            web_aliases=record.u_web_aliases,
            addresses_owned=record.ip_owned,
            addresses_usable=record.ip_avail,
        )


class User(msgspec.Struct, frozen=True):
    """An account: who it is, what it may have and what it has."""

    user: str
    name: str
    email: str
    role: str
    package: str
    suspended: bool
    login_disabled: bool
    login_addresses: list[str] | None
    language: str | None
    theme: str | None
    shell: str
    home: str
    name_servers: list[str]
    cron_reports: bool
    templates: Templates
    limits: Limits
    usage: Usage
    created: Moment

    @classmethod
    def of(cls, record: Listed) -> Self:
        """The resource of a record."""
        return cls(
            user=record.name,
            name=record.full_name,
            email=record.contact,
            role=record.role,
            package=record.package,
            suspended=record.suspended,
            login_disabled=record.login_disabled,
            login_addresses=split(record.login_allow_ips) if record.login_use_iplist else None,
            language=some(record.language),
            theme=some(record.theme),
            shell=record.shell,
            home=f"/home/{record.name}",
            name_servers=split(record.ns),
            cron_reports=record.cron_reports,
            templates=Templates.of(record),
            limits=Limits.of(record),
            usage=Usage.of(record),
            created=moment(record.created),
        )
