"""Argument types of notices."""

from __future__ import annotations

import re

from tholos.kernel.types import Number, Text
from tholos.resources.types import Common


class Topic(Text):
    """The title of a notice, in one line (is_notification_topic_valid)."""

    __slots__ = ()
    pattern = re.compile(r".+")
    max_length = 255
    expected = "a line of text, at most 255 characters"
    example = "Disk almost full"


class Notice(Text):
    """The text of a notice, in one line (is_notification_notice_valid); HTML of it is cleaned when it is shown."""

    __slots__ = ()
    pattern = re.compile(r".*")
    max_length = 4000
    expected = "a line of text or HTML, at most 4000 characters"
    example = "Your <b>disk</b> is 90% used."


class NoticeType(Common):
    """What kind of notice it is, a word that the panel shows a picture for."""

    __slots__ = ()
    expected = "a word without blanks or signs"
    example = "alert"


class Priority(Number):
    """How far up a notice stands (is_int_format_valid)."""

    highest = 999_999_999
    expected = "a whole number"
    example = "1"


class NoticeId(Text):
    """The number of a notice (is_id_format_valid), or the word all."""

    __slots__ = ()
    pattern = re.compile(r"[1-9][0-9]{0,17}|all")
    expected = "the number of a notice, or all"
    example = "1"
