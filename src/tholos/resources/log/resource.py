"""Histories and logins as the REST API shows them."""

from __future__ import annotations

from typing import Any, Self

import msgspec

from tholos.resources.shown import Moment, moment, some


class LogEntry(msgspec.Struct, frozen=True):
    """Something that happened to an account or the node; numbers grow by one, from 1 again after all was cleared."""

    number: int
    at: Moment
    level: str
    category: str
    message: str

    @classmethod
    def of(cls, record: Any) -> Self:
        """The resource of a record."""
        return cls(record.number, moment(record.at), record.level, record.category, record.message)


class Login(msgspec.Struct, frozen=True):
    """A login to an account, or the attempt; ``active`` is whether its session has not ended."""

    at: Moment
    ip: str
    action: str
    status: str | None
    user_agent: str
    session: str | None
    active: bool

    @classmethod
    def of(cls, record: Any) -> Self:
        """The resource of a record."""
        return cls(
            at=moment(record.at),
            ip=record.ip,
            action=record.action,
            status=some(record.status),
            user_agent=record.user_agent,
            session=some(record.session),
            active=record.active == "yes",
        )
