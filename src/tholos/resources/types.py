"""Argument types that more than one noun uses. Facts: ``validators.json``; each docstring names its rule."""

from __future__ import annotations

import ipaddress
import re
from typing import ClassVar, Self

from tholos.kernel.command import Owner
from tholos.kernel.errors import Invalid, NotExist
from tholos.kernel.types import Choice, Number, Text, Together, printable
from tholos.resources.domain.registered import is_suffix
from tholos.resources.idn import lower, spellings, to_ascii


class AccountName(Owner):
    """An account's name (is_user_format_valid): letters, digits and inside ``-``, ``_``, ``.``; at most 30."""

    __slots__ = ()
    pattern = re.compile(r"[A-Za-z0-9](?:[-._A-Za-z0-9]{0,28}[A-Za-z0-9])?")
    max_length = 30
    expected = "an account name: letters, digits, - _ . inside, at most 30 characters"
    example = "alice"

    @classmethod
    def refusal(cls, raw: str, argument: str) -> Invalid:
        if raw == "":
            # The reference never checks an empty value and then does not find the account.
            raise NotExist(f"{argument}  doesn't exist", argument=argument)
        return super().refusal(raw, argument)


class Email(Text):
    """An electronic mail address (is_email_format_valid): ASCII local part, dotted domain, letter or xn-- top label."""

    __slots__ = ()
    pattern = re.compile(r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9.-]+\.(?:[A-Za-z]{2,63}|xn--[A-Za-z0-9]{2,59})")
    max_length = 254
    expected = "an e-mail address"
    example = "alice@example.org"
    schema_format = "email"


class ObjectName(Text):
    """A package, template or profile name (is_object_format_valid): 2 to 66 characters, alphanumeric at both ends."""

    __slots__ = ()
    pattern = re.compile(r"[A-Za-z0-9][-._A-Za-z0-9]{0,64}[A-Za-z0-9]")
    max_length = 66
    expected = "a name of letters, digits and - _ . inside, at least 2 characters"
    example = "default"


class Sought(Text):
    """The name of something that is looked up, of any signs: the facts have no check of it but that it is there."""

    __slots__ = ()
    pattern = re.compile(r".*")
    max_length = 253


class PersonName(Text):
    """A person's name (is_name_format_valid): no quotes, ``|``, ``<`` or ``>``; one line."""

    __slots__ = ()
    pattern = re.compile(r"[^'\"|<>]*")
    max_length = 200
    expected = "a name without quotes, | < or >"
    example = "Alice Liddell"

    @classmethod
    def refusal(cls, raw: str, argument: str) -> Invalid:
        return Invalid(f"Invalid {argument} contains qoutes (\" or ') :: {printable(raw)}", argument=argument)


_SIGNS = frozenset("!|#$^&()+={}:<>?/\\\"';%`")
"""What is_common_format_valid lets nowhere."""


class SpacedName(Text):
    """A word or several (is_common_format_spaces_valid): single inner blanks, letters and digits at both ends."""

    __slots__ = ()
    max_length = 399
    expected = "words of letters and digits with single blanks between"
    example = "Alice Liddell"
    _signs: ClassVar[frozenset[str]] = _SIGNS | {"@", "*"}
    _pairs: ClassVar[tuple[str, ...]] = ("..", "--", "__", "  ")

    @classmethod
    def accepts(cls, raw: str) -> bool:
        if not 0 < len(raw) <= cls.max_length or not raw.isprintable() or not cls._signs.isdisjoint(raw):
            return False
        return cls._has_ends(raw) and not any(pair in raw for pair in cls._pairs)

    @classmethod
    def _has_ends(cls, raw: str) -> bool:
        return raw[0].isalnum() and raw[-1].isalnum()


class Common(SpacedName):
    """A plain value (is_common_format_valid): none of the signs of a shell, no blank, under 400 characters."""

    __slots__ = ()
    expected = "a plain value without blanks or signs"
    example = "value"
    _signs = _SIGNS | {"@", " "}
    _pairs = ("..", "--", "__")

    @classmethod
    def accepts(cls, raw: str) -> bool:
        return raw in ("@", "*") or (super().accepts(raw) and ("*" not in raw or "*." in raw))

    @classmethod
    def _has_ends(cls, raw: str) -> bool:
        return (raw[0].isalnum() or raw[0] in "_*") and (raw[-1].isalnum() or raw[-1] in "_*.")


class HostName(Text):
    """A domain name (is_domain_format_valid): lower case, without outer blanks and dots, in A-labels or in U-labels.

    Stricter than the reference: it must be valid under IDNA 2008 and RFC 1035, so that no value means two names to two
    services, and short enough to be part of a file's name.
    """

    __slots__ = ()
    max_length = 220
    expected = "a domain name such as example.org"
    example = "www.example.org"
    schema_format = "idn-hostname"

    @classmethod
    def normalise(cls, raw: str) -> str:
        """Lower case, no outer blanks and dots."""
        return lower(raw.strip(" .")).strip(" .")

    @classmethod
    def accepts(cls, raw: str) -> bool:
        name = cls._ascii(raw)
        return name is not None and raw != "www" and not name.replace(".", "").isdigit()

    @classmethod
    def _ascii(cls, raw: str) -> str | None:
        """The name in A-labels; None when it is no name, or too long in either spelling."""
        if len(raw) > cls.max_length or not raw.isprintable() or len(raw.encode()) > cls.max_length:
            return None
        name = to_ascii(raw)
        return name if name is not None and len(name) <= cls.max_length else None

    @classmethod
    def parse(cls, raw: str, argument: str) -> Self:
        if len(raw) > 2 * cls.max_length or not raw.isprintable():
            raise cls.refusal(raw, argument)
        name = cls.normalise(raw)
        if not cls.accepts(name):
            raise cls.refusal(raw, argument)
        return cls(name)

    @property
    def ascii(self) -> str:
        """The name as it goes over the wire (A-labels, RFC 5890)."""
        return spellings(self)[0]


class NameServer(HostName):
    """The name of a name server."""

    __slots__ = ()
    expected = "the name of a name server, such as ns1.example.org"
    example = "ns1.example.org"
    together = Together("name_servers", ("ns1.example.org", "ns2.example.org"))


class Domain(HostName):
    """A domain name without a leading ``www.``, which is taken off."""

    __slots__ = ()
    example = "example.org"

    @classmethod
    def normalise(cls, raw: str) -> str:
        name = super().normalise(raw)
        while name.startswith("www.") and name != "www.":
            name = name.removeprefix("www.").strip(" .")
        return name


class NewDomainName(Domain):
    """A domain name for something new: none below which others have theirs, and no address."""

    __slots__ = ()

    @classmethod
    def accepts(cls, raw: str) -> bool:
        return super().accepts(raw) and not is_suffix(raw)

    @classmethod
    def refusal(cls, raw: str, argument: str) -> Invalid:
        try:
            ipaddress.IPv4Address(raw)
        except ValueError:
            name = cls.normalise(raw[: 2 * cls.max_length])
            return _refused_suffix(name, argument) if super().accepts(name) else super().refusal(raw, argument)
        return Invalid("Invalid domain format. IP address detected as input.", argument=argument, code=1)


def _refused_suffix(name: str, argument: str) -> Invalid:
    return Invalid(
        f"invalid {argument} format :: {printable(name)} is a suffix that many names share", argument=argument
    )


class Alias(HostName):
    """Another name of a site: as a domain, and a leading ``*.`` stands for every name below it."""

    __slots__ = ()
    expected = "a domain name, or *. and a domain name"
    example = "www.example.org"

    @classmethod
    def accepts(cls, raw: str) -> bool:
        return cls._ascii(raw.removeprefix("*.")) is not None


class Aliases(tuple[Alias, ...]):
    """A comma list of aliases to be, sorted and without repetition; the word ``none`` means no alias.

    None is a suffix below which others have names, nor stands for all names below one.
    """

    __slots__ = ()
    most: ClassVar[int] = 100
    max_length: ClassVar[int] = 100 * (HostName.max_length + len("*.,"))
    expected = f"at most {most} domain names with commas between, or none"
    example = "www.example.org,shop.example.org"

    @classmethod
    def parse(cls, raw: str, argument: str) -> Self:
        """Give the aliases or raise Invalid for the first that is none."""
        if len(raw) > cls.max_length:
            raise Invalid(f"invalid {argument} format :: {printable(raw)}", argument=argument)
        if raw.strip().lower() == "none":
            return cls()
        names = {part for part in (re.sub(r"\.{2,}", ".", part) for part in raw.split(",")) if part.strip(" .")}
        if len(names) > cls.most:
            raise Invalid(f"invalid {argument} format :: at most {cls.most} at a time", argument=argument)
        try:
            aliases = sorted(Alias.parse(name, argument) for name in names)
        except Invalid:
            raise Invalid(f"invalid {argument} format :: {printable(raw)}", argument=argument) from None
        for alias in aliases:
            if is_suffix(alias.removeprefix("*.")):
                raise _refused_suffix(alias, argument)
        return cls(sorted({alias.ascii: alias for alias in aliases}.values()))

    def __str__(self) -> str:
        return ",".join(self) or "none"


class Address(Text):
    """An IPv4 address as four numbers (is_ip_format_valid)."""

    __slots__ = ()
    max_length = 15
    expected = "an IPv4 address"
    example = "198.51.100.7"
    schema_format: ClassVar[str | None] = "ipv4"

    @classmethod
    def accepts(cls, raw: str) -> bool:
        try:
            return len(raw) <= cls.max_length and str(ipaddress.IPv4Address(raw)) == raw
        except ValueError:
            return False

    @classmethod
    def refusal(cls, raw: str, argument: str) -> Invalid:
        return Invalid(f"invalid ip :: {printable(raw)}", argument=argument)


class AnyAddress(Address):
    """An IPv4 or IPv6 address (is_ip46_format_valid)."""

    __slots__ = ()
    max_length = 45
    expected = "an IPv4 or IPv6 address"
    schema_format = None

    @classmethod
    def accepts(cls, raw: str) -> bool:
        try:
            return len(raw) <= cls.max_length and "%" not in raw and bool(ipaddress.ip_address(raw))
        except ValueError:
            return False

    @classmethod
    def parse(cls, raw: str, argument: str) -> Self:
        """Give the address in its one short spelling (RFC 5952)."""
        return cls(ipaddress.ip_address(super().parse(raw, argument)))


class AnyNetwork(Address):
    """An IPv4 or IPv6 address, or a network in CIDR notation (RFC 4632, RFC 4291)."""

    __slots__ = ()
    max_length = 49
    expected = "an IPv4 or IPv6 address or network"
    example = "198.51.100.0/24"
    schema_format = None

    @classmethod
    def accepts(cls, raw: str) -> bool:
        _, slash, size = raw.partition("/")
        if slash and not (size.isascii() and size.isdigit() and len(size) <= 3):
            return False
        try:
            return len(raw) <= cls.max_length and "%" not in raw and bool(ipaddress.ip_network(raw, strict=False))
        except ValueError:
            return False


class YesNo(Choice):
    """The words yes and no, kept as words."""

    __slots__ = ()
    words = ("yes", "no")
    expected = "yes or no"
    example = "yes"


class Minutes(Number):
    """How long a login for a while lasts."""

    lowest = 1
    highest = 1440
    expected = "minutes, at most a day"
    example = "60"
