"""Argument types of accounts."""

from __future__ import annotations

import re
from typing import Self

from tholos.kernel import passwords
from tholos.kernel.errors import Invalid
from tholos.kernel.types import Text
from tholos.resources.types import AccountName, Common

RESERVED = frozenset(
    ("aria", "aria_log", "mysql", "mysql_upgrade", "ib", "ib_buffer", "ddl", "ddl_recovery", "performance", "sudo")
)


class NewAccountName(AccountName):
    """The name of an account to be: begins with a letter, has no dot, at least 2 characters, and is not reserved.

    Upstream also lets ``|`` pass, which no Linux tool takes in a name.
    """

    __slots__ = ()
    pattern = re.compile(r"[A-Za-z][-_A-Za-z0-9]{0,28}[A-Za-z0-9]")
    expected = "a name that begins with a letter: 2 to 30 letters, digits, - and _"

    @classmethod
    def accepts(cls, raw: str) -> bool:
        return super().accepts(raw) and raw.lower() not in RESERVED and raw != "system"


class Password(Text):
    """A password: any text of one line that PAM can take, less than 512 bytes (crypt(5)); never printed or stored."""

    __slots__ = ("_hashed",)
    pattern = re.compile(r"[^\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]+")
    max_length = 511
    expected = "a password of one line, not empty"
    example = "correct horse battery staple"
    secret = True
    _hashed: str

    @classmethod
    def accepts(cls, raw: str) -> bool:
        short = len(raw) <= cls.max_length and cls.pattern.fullmatch(raw) is not None
        return short and len(raw.encode()) <= cls.max_length

    @classmethod
    def refusal(cls, raw: str, argument: str) -> Invalid:
        return Invalid(f"invalid {argument} format", argument=argument)

    def prepare(self) -> Self:
        """Hash the password now, outside the writer: that takes 20 milliseconds."""
        self._hashed = passwords.hash_password(self)
        return self

    @property
    def hashed(self) -> str:
        """The yescrypt hash (crypt(5)) that the shadow file holds."""
        if not hasattr(self, "_hashed"):
            self.prepare()
        return self._hashed

    def __repr__(self) -> str:
        return "Password(...)"


class ShellName(Text):
    """The short name of a login shell."""

    __slots__ = ()
    pattern = re.compile(r"[a-z][a-z0-9-]{0,30}")
    expected = "the name of a shell in /etc/shells, such as bash or nologin"
    example = "bash"


class UserKey(Common):
    """The key of an account's record, in upper case."""

    __slots__ = ()
    expected = "a key such as CONTACT"
    example = "CONTACT"
