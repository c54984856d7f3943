"""Argument types of access keys, legacy keys, profiles and the API's switches. Facts: ``api-profiles.json``."""

from __future__ import annotations

import ipaddress
import re
from datetime import datetime, time
from typing import Self

from tholos.kernel.command import Owner
from tholos.kernel.errors import Invalid
from tholos.kernel.types import Choice, Text, printable
from tholos.resources.types import AnyAddress, AnyNetwork

ALLOW_ALL = "allow-all"


class KeyId(Text):
    """The public half of an access key (is_access_key_id_format_valid): 20 letters and digits."""

    __slots__ = ()
    pattern = re.compile(r"[A-Za-z0-9]{20}")
    max_length = 20
    expected = "20 letters and digits"
    example = "abcdefghij0123456789"


class ShownKeyId(KeyId):
    """A key's name as a caller shows it to log in: every fault of it is a failed login (exit code 9)."""

    __slots__ = ()

    @classmethod
    def refusal(cls, raw: str, argument: str) -> Invalid:
        return Invalid(f"invalid {argument} format :: {printable(raw)}", argument=argument, code=9)


class ShownSecret(Text):
    """The secret half of an access key (is_secret_access_key_format_valid); it is never printed."""

    __slots__ = ()
    pattern = re.compile(r"[A-Za-z0-9|_.+/^~=%-]{40}")
    max_length = 40
    expected = "40 letters, digits and signs"
    example = "abcdefghijklmnopqrstuvwxyz0123456789_-=A"
    secret = True

    @classmethod
    def refusal(cls, raw: str, argument: str) -> Invalid:
        return Invalid(f"invalid {argument} format", argument=argument, code=9)

    def __repr__(self) -> str:
        return "ShownSecret(...)"


class ShownAddress(AnyAddress):
    """The address that a login comes from (is_ip46_format_valid); a bad one is a failed login."""

    __slots__ = ()

    @classmethod
    def refusal(cls, raw: str, argument: str) -> Invalid:
        return Invalid(f"invalid {argument} format :: {printable(raw)}", argument=argument, code=9)


class CommandWord(Text):
    """The name of a command that may or may not exist."""

    __slots__ = ()
    pattern = re.compile(r"[^\x00-\x1f\x7f]*")
    expected = "the name of a command"
    example = "v-list-user"


class ProfileName(Text):
    """The name of a permission profile: a plain file name."""

    __slots__ = ()
    pattern = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
    max_length = 64
    expected = "the name of a permission profile"
    example = "billing"


class Permissions(tuple[str, ...]):
    """A comma list of profiles: base names without repetition; ``*`` stands for no restriction."""

    __slots__ = ()
    expected = "names of permission profiles with commas between, or *"
    example = "billing"

    @classmethod
    def parse(cls, raw: str, argument: str) -> Self:
        """Give the profiles' names; whether they exist is seen later. Raise Invalid for what is no name."""
        if raw.strip() == "*":
            return cls()
        names = [part.strip().rpartition("/")[2] for part in raw.split(",")]
        wrong = [name for name in names if name and not ProfileName.accepts(name)]
        if wrong or len(names) > 100 or not raw.isprintable():
            raise Invalid(f"invalid {argument} format :: {printable(raw)}", argument=argument)
        return cls(dict.fromkeys(name for name in names if name))

    def __str__(self) -> str:
        return ",".join(self) or "*"


class Comment(Text):
    """A remark (is_comment_format_valid): letters and digits at both ends, blanks and ``.``, ``_``, ``-`` inside."""

    __slots__ = ()
    pattern = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ._-]{0,64}[A-Za-z0-9]")
    max_length = 66
    expected = "2 to 66 letters and digits, with blanks . _ - inside"
    example = "billing system"


class Expiry(Text):
    """The last moment of a key: a date and a time, or a date alone, through its last second.

    Both are written as ISO 8601 has them; without an offset from UTC they are those of the node's clock. What is less
    than a second is left out.
    """

    __slots__ = ()
    pattern = re.compile(
        r"\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:\d{2})?)?", re.ASCII
    )
    max_length = 35
    expected = "a date such as 2030-12-31, or a date and a time such as 2030-12-31T12:00 or 2030-12-31T12:00:00Z"
    example = "2030-12-31"

    @classmethod
    def accepts(cls, raw: str) -> bool:
        try:
            return super().accepts(raw) and bool(cls(raw).moment)
        except (ValueError, OverflowError):  # There is no such day, or it is not in the calendar here.
            return False

    @property
    def moment(self) -> datetime:
        """The moment itself, on the node's clock."""
        given = datetime.fromisoformat(self)
        if len(self) == 10:
            return datetime.combine(given, time(23, 59, 59))
        return (given if given.tzinfo is None else given.astimezone().replace(tzinfo=None)).replace(microsecond=0)


class KeyAddresses(tuple[str, ...]):
    """A comma list of the addresses and networks that a key may be used from, canonical; without any, from all."""

    __slots__ = ()
    expected = "addresses or networks with commas between"
    example = "198.51.100.7,2001:db8::/32"

    @classmethod
    def parse(cls, raw: str, argument: str) -> Self:
        """Give the networks, or raise Invalid for the first that is none."""
        parts = [part.strip() for part in raw.split(",") if part.strip()]
        if not raw.isprintable() or not bool(raw) <= len(parts) <= 100 or not all(map(AnyNetwork.accepts, parts)):
            raise Invalid(f"invalid {argument} format :: {printable(raw)}", argument=argument)
        return cls(str(ipaddress.ip_network(part, strict=False)) for part in parts)

    def __str__(self) -> str:
        return ",".join(self)


class ApiSource(AnyNetwork):
    """Who may call the API: an address or a network, or the word ``allow-all``."""

    __slots__ = ()
    expected = "an IPv4 or IPv6 address or network, or allow-all"
    example = "198.51.100.7"

    @classmethod
    def accepts(cls, raw: str) -> bool:
        return raw == ALLOW_ALL or super().accepts(raw)


class LegacyKey(Text):
    """A legacy key (is_hash_format_valid); it is a secret and never printed."""

    __slots__ = ()
    pattern = re.compile(r"[A-Za-z0-9|:=_-]{1,80}")
    max_length = 80
    expected = "a legacy API key"
    example = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"
    secret = True

    @classmethod
    def refusal(cls, raw: str, argument: str) -> Invalid:
        return Invalid(f"invalid {argument} format", argument=argument)

    def __repr__(self) -> str:
        return "LegacyKey(...)"


class ShownLegacyKey(LegacyKey):
    """A legacy key as a caller shows it: any text, of which only an existing key is worth anything."""

    __slots__ = ()
    pattern = re.compile(r"[^\x00-\x1f\x7f]*")
    max_length = 400


class KeyOwner(Owner):
    """Whose keys are listed; a name that no account has lists none."""

    __slots__ = ()
    pattern = re.compile(r"[^\x00-\x1f\x7f]*")
    expected = "an account's name"
    example = "alice"


class ApiStatus(Choice):
    """What happens to the API."""

    __slots__ = ()
    words = ("enable", "disable", "remove")
    expected = "enable, disable or remove"
    example = "enable"

    @classmethod
    def refusal(cls, raw: str, argument: str) -> Invalid:
        return Invalid(f"{printable(raw)} type is invalid", argument=argument)


class ApiVersion(Choice):
    """Which way of authenticating is meant."""

    __slots__ = ()
    words = ("api", "legacy", "all")
    expected = "api, legacy or all"
    example = "all"
