"""Argument types of logs."""

from __future__ import annotations

import re

from tholos.kernel.errors import Invalid
from tholos.kernel.types import Choice, Text, printable
from tholos.resources.types import AccountName, Common


class HistoryName(AccountName):
    """Whose history: an account, or the word ``system`` for the node."""

    __slots__ = ()
    example = "system"


class EntryLevel(Choice):
    """How grave an entry is; a wrong word is exit code 1."""

    __slots__ = ()
    words = ("Info", "Warning", "Error")
    expected = "Info, Warning or Error"
    example = "Info"

    @classmethod
    def refusal(cls, raw: str, argument: str) -> Invalid:
        code = 1 if Common.accepts(raw) else 2
        return Invalid(f"invalid {argument} format :: {printable(raw)}", argument=argument, code=code)


class Category(Text):
    """What an entry is about: a word or several."""

    __slots__ = ()
    pattern = re.compile(r"[\w ./&-]+")
    max_length = 60
    expected = "a word or several, such as Web"
    example = "Web"


class Message(Text):
    """The text of an entry, in one line."""

    __slots__ = ()
    pattern = re.compile(r".+")
    max_length = 2000
    expected = "a line of text"
    example = "Added new web domain (Name: example.org)."


class Unquoted(Text):
    """A line of text without quotes and ``|`` (format_no_quotes)."""

    __slots__ = ()
    pattern = re.compile(r"[^'\"|]*")
    max_length = 1000
    expected = "a line of text without quotes or |"
    example = "Mozilla/5.0"


class LoginStatus(Choice):
    """How a login ended."""

    __slots__ = ()
    words = ("success", "failed")
    expected = "success or failed"
    example = "success"


class Session(Common):
    """The mark of a session."""

    __slots__ = ()
    expected = "the mark of a session, without blanks or signs"
    example = "fingerprint123"
