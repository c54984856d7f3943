"""Argument types of the node's own commands."""

from __future__ import annotations

import re
from collections.abc import Mapping

from tholos.kernel.command import RESTART_WORDS
from tholos.kernel.errors import Invalid
from tholos.kernel.types import Choice, Number, Text, printable
from tholos.resources.system.setting_kinds import text_of


class SettingKey(Text):
    """The key of a setting, in upper or lower case."""

    __slots__ = ()
    pattern = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
    max_length = 64
    expected = "the key of a setting, such as API_SYSTEM"
    example = "API_SYSTEM"


class SettingValue(Text):
    """The value of a setting: one line without quotes and ``|`` (format_no_quotes), or nothing."""

    __slots__ = ()
    pattern = re.compile(r"[^'\"|]*")
    max_length = 2000
    expected = "a line without quotes or |"
    example = "yes"
    masked = True

    @classmethod
    def from_json(cls, value: object, placed: Mapping[str, str]) -> str | None:
        """The text for a JSON value of the setting in the path; None when it is of another type."""
        return text_of(placed["key"].upper(), value)

    @classmethod
    def refusal(cls, raw: str, argument: str) -> Invalid:
        return Invalid(f"invalid {argument} format", argument=argument)


class ServiceName(Text):
    """The name of a service (is_service_format_valid); it is looked up in a table and never run."""

    __slots__ = ()
    pattern = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
    max_length = 65
    expected = "the name of a service, such as nginx"
    example = "nginx"


class RestartWord(Choice):
    """Whether and how a service takes up its configuration (is_restart_format_valid)."""

    __slots__ = ()
    words = RESTART_WORDS
    expected = "yes, no, ssl, reload, updatessl, scheduled or nothing"
    example = "yes"

    @classmethod
    def refusal(cls, raw: str, argument: str) -> Invalid:
        return Invalid(f"invalid restart format :: {printable(raw)}", argument=argument)


class PhpVersionWord(Text):
    """A version of PHP."""

    __slots__ = ()
    pattern = re.compile(r"[0-9]\.[0-9]{1,2}")
    expected = "a version of PHP, such as 8.2"
    example = "8.2"


class Delay(Number):
    """Minutes to wait."""

    highest = 10080
    expected = "minutes, at most a week"
    example = "1"


class HashMethod(Choice):
    """A method of hashing passwords, by the names that v-get-user-salt prints."""

    __slots__ = ()
    words = ("yescrypt", "sha-512", "sha-256", "md5")
    expected = "yescrypt, sha-512, sha-256 or md5"
    example = "sha-512"


class Salt(Text):
    """The salt of a hash (crypt(5))."""

    __slots__ = ()
    pattern = re.compile(r"[./0-9A-Za-z]+")
    max_length = 86
    expected = "letters, digits, . and /"
    example = "saltsalt"
