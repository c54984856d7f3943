"""Argument types of cron jobs. Facts: ``validators.json`` (cron, cron_command)."""

from __future__ import annotations

import re
from typing import ClassVar

from tholos.kernel.errors import Invalid
from tholos.kernel.types import Number, Text

_PART = re.compile(r"([0-9]{1,2})(?:-([0-9]{1,2})(?:/([0-9]{1,2}))?)?")
_EVERY = re.compile(r"\*/([0-9]{1,2})")


class Schedule(Text):
    """One field of a schedule (is_cron_format_valid): ``*``, ``*/N``, or numbers and ranges with commas between.

    Stricter than the reference, which looks at one number of a list: for one field that it does not understand, cron(8)
    ignores the whole crontab.
    """

    __slots__ = ()
    max_length = 200
    lowest: ClassVar[int]
    highest: ClassVar[int]

    @classmethod
    def accepts(cls, raw: str) -> bool:
        if raw == "*":
            return True
        if len(raw) > cls.max_length:
            return False
        every = _EVERY.fullmatch(raw)
        if every is not None:
            return 0 < int(every[1]) <= cls.highest
        return all(cls._is_part(part) for part in raw.split(","))

    @classmethod
    def _is_part(cls, part: str) -> bool:
        """Tell whether this is a number, a range, or a range with a step, within the bounds of the field."""
        found = _PART.fullmatch(part)
        if found is None:
            return False
        first = int(found[1])
        last = first if found[2] is None else int(found[2])
        step = 1 if found[3] is None else int(found[3])
        return cls.lowest <= first <= last <= cls.highest and 0 < step <= cls.highest


class Minute(Schedule):
    """At which minutes of the hour."""

    __slots__ = ()
    lowest, highest = 0, 59
    expected = "minutes: *, */5, or numbers and ranges from 0 to 59 such as 0,30-40"
    example = "*/5"


class Hour(Schedule):
    """At which hours of the day."""

    __slots__ = ()
    lowest, highest = 0, 23
    expected = "hours: *, */2, or numbers and ranges from 0 to 23 such as 3,8-18"
    example = "3"


class Day(Schedule):
    """On which days of the month."""

    __slots__ = ()
    lowest, highest = 1, 31
    expected = "days of the month: *, */7, or numbers and ranges from 1 to 31 such as 1,15"
    example = "1-15"


class Month(Schedule):
    """In which months of the year."""

    __slots__ = ()
    lowest, highest = 1, 12
    expected = "months: *, */3, or numbers and ranges from 1 to 12 such as 1-6"
    example = "*"


class Weekday(Schedule):
    """On which days of the week; Sunday is 0 and 7."""

    __slots__ = ()
    lowest, highest = 0, 7
    expected = "days of the week: *, or numbers and ranges from 0 to 7 such as 1-5, where 0 and 7 are Sunday"
    example = "1-5"


class CronCommand(Text):
    """What a shell runs (is_cron_command_valid_format): one line without a backtick.

    cron(8) reads at most 998 bytes of a command and ignores the whole crontab for one that is longer; a crontab has two
    signs for each ``%`` and backslash (crontab(5)).
    """

    __slots__ = ()
    masked = True
    max_length = 998
    expected = "a command in one line without a backtick, at most 998 bytes, where % and backslash count twice"
    example = "/usr/bin/php /home/alice/web/example.org/private/cron.php --site='example.org' > /dev/null 2>&1"

    @classmethod
    def accepts(cls, raw: str) -> bool:
        if len(raw) > cls.max_length or not raw.isprintable() or "`" in raw or not raw.strip():
            return False
        return len(raw.encode()) + raw.count("%") + raw.count("\\") <= cls.max_length

    @classmethod
    def refusal(cls, raw: str, argument: str) -> Invalid:
        return Invalid("Invalid cron command format", argument=argument)


class JobNumber(Number):
    """The number of a job of an account."""

    highest = 999_999_999
    expected = "the number of a job"
    example = "1"
