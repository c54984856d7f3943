"""Servers of the DNS cluster as the REST API shows them."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar, Self

import msgspec

from tholos.resources.shown import Moment, moment, some


def status(record: Any) -> str:
    """A server's state in a word."""
    if record.suspended:
        return "suspended"
    if record.error:
        return "unreachable"
    if record.broken:
        return "refusing"
    if record.pending or record.sync or record.wipe:
        return "behind"
    return "incomplete" if record.lacking else "in step"


class DnsHost(msgspec.Struct, frozen=True):
    """A server that zones are copied to.

    ``status`` is suspended, unreachable, refusing, behind, incomplete or in step. ``pending`` zones wait to be copied,
    the first of them since ``behind_since``; ``lacking`` ones were taken off it and wait for nothing. ``trust`` is how
    the server's certificate is checked: none, system, or the fingerprint of the only one that counts.
    """

    unsteady: ClassVar[frozenset[str]] = frozenset(
        ("status", "zones", "pending", "behind_since", "last_success", "last_failure", "last_error")
    )
    host: str
    port: int
    type: str
    login: str | None
    account: str
    suspended: bool
    status: str
    trust: str
    zones: int
    pending: int
    lacking: int
    behind_since: Moment | None
    last_success: Moment | None
    last_failure: Moment | None
    last_error: str | None
    created: Moment

    @classmethod
    def of(cls, record: Any) -> Self:
        """The resource of a record."""
        return cls(
            host=record.host,
            port=record.port,
            type=record.type,
            login=some(record.login),
            account=record.account,
            suspended=record.suspended,
            status=status(record),
            trust=record.trust or "none",
            zones=record.zones,
            pending=record.pending,
            lacking=record.lacking,
            behind_since=_some_moment(record.oldest),
            last_success=_some_moment(record.succeeded),
            last_failure=_some_moment(record.failed),
            last_error=some(record.error or record.broken or ""),
            created=moment(record.created),
        )


def _some_moment(at: datetime | None) -> Moment | None:
    return moment(at) if at is not None else None
