"""Argument types of cron jobs. Facts: ``validators.json`` (cron, cron_command)."""

from __future__ import annotations

import re
from typing import ClassVar

from tholos.kernel.errors import Invalid
from tholos.kernel.types import Number, Text, printable
from tholos.kernel.view import words

_PART = re.compile(r"([0-9]{1,2})(?:-([0-9]{1,2})(?:/([0-9]{1,2}))?)?")
_EVERY = re.compile(r"\*/([0-9]{1,2})")
_NAMES = words(
    "january february march april may june july august september october november december "
    "sunday monday tuesday wednesday thursday friday saturday"
)


def _is_name(word: str) -> bool:
    """Whether a word names a day or a month in English, whole or by its first three letters."""
    known = word.lower()
    return known in _NAMES or (len(known) == 3 and any(name.startswith(known) for name in _NAMES))


class Schedule(Text):
    """One field of a schedule (is_cron_format_valid): ``*``, ``*/N``, or numbers and ranges with commas between.

    Stricter than the reference, which looks at one number of a list: for one field that it does not understand, cron(8)
    ignores the whole crontab. A refusal says what is wrong with the value, but for a lone word or number: of that
    clients know the text. Those that people write most are explained none the less (``mistaken``, and names).
    """

    __slots__ = ()
    max_length = 200
    lowest: ClassVar[int]
    highest: ClassVar[int]
    mistaken: ClassVar[str] = ""

    @classmethod
    def accepts(cls, raw: str) -> bool:
        return cls._wrong(raw) is None

    @classmethod
    def refusal(cls, raw: str, argument: str) -> Invalid:
        plain = f"invalid {argument} format :: {printable(raw)}"
        known = not raw or (raw.isalnum() and raw != cls.mistaken and not _is_name(raw))
        return Invalid(plain if known else f"{plain} ({cls._wrong(raw)})", argument=argument)

    @classmethod
    def _wrong(cls, raw: str) -> str | None:
        """What is wrong with a value, or None."""
        if len(raw) > cls.max_length:
            return f"longer than {cls.max_length} characters"
        if raw == "*":
            return None
        every = _EVERY.fullmatch(raw)
        if every is not None:
            return cls._wrong_step(every[1])
        return next((wrong for part in raw.split(",") if (wrong := cls._wrong_part(part)) is not None), None)

    @classmethod
    def _wrong_part(cls, part: str) -> str | None:
        """What is wrong with a number, a range, or a range with a step."""
        found = _PART.fullmatch(part)
        if not part:
            return "a number is missing beside a comma"
        if _is_name(part):
            return f"a name is not taken: write its number, from {cls.lowest} to {cls.highest}"
        if found is None:
            return f"'{printable(part)}' is neither a number nor a range such as 2-5 or 2-10/2"
        first, last = int(found[1]), int(found[2] or found[1])
        outside = next((number for number in (first, last) if not cls.lowest <= number <= cls.highest), None)
        if outside is not None:
            return f"{outside} is not from {cls.lowest} to {cls.highest}"
        if last < first:
            return f"{first}-{last} ends before it begins"
        return None if found[3] is None else cls._wrong_step(found[3])

    @classmethod
    def _wrong_step(cls, step: str) -> str | None:
        return None if 0 < int(step) <= cls.highest else f"a step is from 1 to {cls.highest}, not {int(step)}"


class Minute(Schedule):
    """At which minutes of the hour."""

    __slots__ = ()
    lowest, highest = 0, 59
    mistaken = "60"
    expected = "minutes: *, */5, or numbers and ranges from 0 to 59 such as 0,30-40"
    example = "*/5"


class Hour(Schedule):
    """At which hours of the day."""

    __slots__ = ()
    lowest, highest = 0, 23
    mistaken = "24"
    expected = "hours: *, */2, or numbers and ranges from 0 to 23 such as 3,8-18"
    example = "3"


class Day(Schedule):
    """On which days of the month."""

    __slots__ = ()
    lowest, highest = 1, 31
    mistaken = "0"
    expected = "days of the month: *, */7, or numbers and ranges from 1 to 31 such as 1,15"
    example = "1-15"


class Month(Schedule):
    """In which months of the year."""

    __slots__ = ()
    lowest, highest = 1, 12
    mistaken = "0"
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
