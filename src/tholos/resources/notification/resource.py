"""Notices as the REST API shows them."""

from __future__ import annotations

from typing import Any, Self

import msgspec

from tholos.resources.shown import Moment, moment, some


class Notification(msgspec.Struct, frozen=True):
    """A notice; topic and notice are HTML that was made safe, ``acknowledged`` tells whether it has been read."""

    number: int
    topic: str
    notice: str
    type: str | None
    acknowledged: bool
    priority: int
    created: Moment

    @classmethod
    def of(cls, record: Any) -> Self:
        """The resource of a record."""
        return cls(
            number=record.id,
            topic=record.topic,
            notice=record.notice,
            type=some(record.type),
            acknowledged=record.acknowledged,
            priority=record.priority,
            created=moment(record.created),
        )
