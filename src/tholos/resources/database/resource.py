"""Databases and their servers as the REST API shows them."""

from __future__ import annotations

from typing import Any, ClassVar, Self

import msgspec

from tholos.resources.shown import Moment, moment, some, split
from tholos.resources.stats.sizes import begun


class Database(msgspec.Struct, frozen=True):
    """A database: its login, its server, and what it takes, in megabytes and in bytes."""

    unsteady: ClassVar[frozenset[str]] = frozenset(("disk", "disk_bytes"))
    user: str
    database: str
    dbuser: str
    type: str
    host: str
    charset: str
    disk: int
    disk_bytes: int
    suspended: bool
    created: Moment

    @classmethod
    def of(cls, record: Any) -> Self:
        """The resource of a record."""
        return cls(
            user=record.account,
            database=record.name,
            dbuser=record.login,
            type=record.type,
            host=record.host,
            charset=record.charset,
            disk=begun(record.disk_bytes),
            disk_bytes=record.disk_bytes,
            suspended=record.suspended,
            created=moment(record.created),
        )


class DatabaseServer(msgspec.Struct, frozen=True):
    """A database server: what it is good for, how many databases it has and takes, and whose they are."""

    unsteady: ClassVar[frozenset[str]] = frozenset(("databases", "users"))
    type: str
    host: str
    port: int
    charsets: list[str]
    template: str | None
    databases: int
    max_databases: int
    users: list[str]
    suspended: bool
    created: Moment

    @classmethod
    def of(cls, record: Any) -> Self:
        """The resource of a record."""
        return cls(
            type=record.type,
            host=record.host,
            port=record.port,
            charsets=split(record.charsets),
            template=some(record.template),
            databases=record.used,
            max_databases=record.max_db,
            users=split(record.accounts),
            suspended=record.suspended,
            created=moment(record.created),
        )


class DatabaseLogin(msgspec.Struct, frozen=True):
    """A login for a while, with its password, which is shown only here."""

    login: str
    password: str

    @classmethod
    def of(cls, record: Any) -> Self:
        """The resource of a record."""
        return cls(record.login, record.password)
