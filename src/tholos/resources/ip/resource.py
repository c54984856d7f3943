"""Addresses as the REST API shows them."""

from __future__ import annotations

from typing import Any, ClassVar, Self

import msgspec
from sqlalchemy import Row

from tholos.resources.shown import Moment, moment, some, split


class ServedAddress(msgspec.Struct, frozen=True):
    """An address that sites are served on; ``nat`` is the public one of a node that stands behind it."""

    unsteady: ClassVar[frozenset[str]] = frozenset(("users", "web_domains"))
    ip: str
    owner: str
    status: str
    name: str | None
    nat: str | None
    interface: str
    netmask: str
    users: list[str]
    web_domains: int
    created: Moment

    @classmethod
    def of(cls, record: Row[Any]) -> Self:
        """The resource of a record."""
        return cls(
            ip=record.ip,
            owner=record.owner,
            status=record.status,
            name=some(record.name),
            nat=some(record.nat),
            interface=record.interface,
            netmask=record.netmask,
            users=sorted(split(record.accounts or "")),
            web_domains=record.u_web_domains,
            created=moment(record.created),
        )


class UsableAddress(msgspec.Struct, frozen=True):
    """An address that an account may use: its own, or a shared one."""

    ip: str
    owner: str
    status: str
    name: str | None
    nat: str | None

    @classmethod
    def of(cls, record: Row[Any]) -> Self:
        """The resource of a record."""
        return cls(record.ip, record.owner, record.status, some(record.name), some(record.nat))
