"""Cron jobs as the REST API shows them."""

from __future__ import annotations

from typing import Any, Self

import msgspec

from tholos.resources.shown import Moment, moment


class CronJob(msgspec.Struct, frozen=True):
    """A job: when (crontab(5)), and what a shell runs then as the account; ``created`` is its last change."""

    user: str
    job: int
    min: str
    hour: str
    day: str
    month: str
    wday: str
    cron_command: str
    suspended: bool
    created: Moment

    @classmethod
    def of(cls, record: Any) -> Self:
        """The resource of a record."""
        return cls(
            user=record.account,
            job=record.job,
            min=record.min,
            hour=record.hour,
            day=record.day,
            month=record.month,
            wday=record.wday,
            cron_command=record.cron_command,
            suspended=record.suspended,
            created=moment(record.created),
        )
