"""Argument types that more than one noun uses. Facts: ``validators.json``; each docstring names its rule."""

from __future__ import annotations

import ipaddress
import re
from typing import ClassVar, Self

import idna

from tholos.kernel.command import Owner
from tholos.kernel.errors import Invalid, NotExist
from tholos.kernel.types import CONTROL, Choice, Text, printable


class AccountName(Owner):
    """An account's name (is_user_format_valid): 1 to 30 letters, digits and ``-``, ``_``, ``.``; the ends are no signs."""

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


class SpacedName(Text):
    """A word or several (is_common_format_spaces_valid): single inner blanks, letters and digits at both ends."""

    __slots__ = ()
    pattern = re.compile(r"[^\W_](?:(?!--|__|\.\.|  )[^!|#$^&()+={}:<>?/\\\"';%`@*])*(?<![\W_])")
    max_length = 399
    expected = "words of letters and digits with single blanks between"
    example = "Alice Liddell"


class Common(Text):
    """A plain value (is_common_format_valid): none of the signs of a shell, no blank, under 400 characters."""

    __slots__ = ()
    pattern = re.compile(
        r"@|\*|(?!.*(?:\.\.|--|__))(?=[\w*])(?!\*$)[^!|#$^&()+={}:<>?/\\\"';%`@\s]*(?<=[\w*.])",
    )
    max_length = 399
    expected = "a plain value without blanks or signs"
    example = "value"


class Domain(Text):
    """A domain name (is_domain_format_valid), normalised: lower case, without leading ``www.`` and outer dots.

    Stricter than the reference: every label must be valid under IDNA 2008 (RFC 5891) and at most 63 octets, the name
    at most 253 (RFC 1035), so that no value means two names to two services.
    """

    __slots__ = ()
    max_length = 253
    expected = "a domain name such as example.org"
    example = "example.org"
    schema_format = "idn-hostname"
    label: ClassVar[re.Pattern[str]] = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)")

    @classmethod
    def normalise(cls, raw: str) -> str:
        """Lower case, no outer blanks and dots, one leading ``www.`` removed."""
        name = raw.strip(" .").lower()
        return name.removeprefix("www.") if name != "www" else name

    @classmethod
    def accepts(cls, raw: str) -> bool:
        name = to_ascii(raw)
        if name is None or len(name) > cls.max_length or name == "www" or name.replace(".", "").isdigit():
            return False
        return all(cls.label.fullmatch(label) for label in name.split("."))

    @classmethod
    def parse(cls, raw: str, argument: str) -> Self:
        name = cls.normalise(raw)
        if CONTROL.search(raw) or not cls.accepts(name):
            raise cls.refusal(raw, argument)
        return cls(name)

    @property
    def ascii(self) -> str:
        """The name as it goes over the wire (A-labels, RFC 5890)."""
        name = to_ascii(self)
        if name is None:
            raise ValueError(f"not a domain name: {self!r}")
        return name


class HostName(Domain):
    """A domain name that keeps its leading ``www.``."""

    __slots__ = ()

    @classmethod
    def normalise(cls, raw: str) -> str:
        return raw.strip(" .").lower()


class Alias(HostName):
    """Another name of a site: as a domain, and a leading ``*.`` stands for every name below it."""

    __slots__ = ()
    expected = "a domain name, or *. and a domain name"
    example = "www.example.org"

    @classmethod
    def accepts(cls, raw: str) -> bool:
        name = to_ascii(raw.removeprefix("*."))
        return name is not None and len(name) <= cls.max_length and all(map(cls.label.fullmatch, name.split(".")))

    @property
    def ascii(self) -> str:
        star = "*." if self.startswith("*.") else ""
        return star + (to_ascii(self.removeprefix("*.")) or "")


def to_ascii(name: str) -> str | None:
    """The A-label form of a name, or None when it has none."""
    if name.isascii():
        return name or None
    try:
        return idna.encode(name, uts46=True).decode()
    except (idna.IDNAError, UnicodeError):
        return None


class Aliases(tuple[Alias, ...]):
    """A comma list of aliases, sorted and without repetition; the word ``none`` means no alias."""

    __slots__ = ()
    expected = "domain names with commas between, or none"
    example = "www.example.org,shop.example.org"

    @classmethod
    def parse(cls, raw: str, argument: str) -> Self:
        """Give the aliases or raise Invalid for the first that is none."""
        if raw.strip().lower() == "none":
            return cls()
        names = {part for part in (re.sub(r"\.{2,}", ".", part) for part in raw.split(",")) if part.strip(" .")}
        try:
            return cls(sorted(Alias.parse(name, argument) for name in names))
        except Invalid:
            raise Invalid(f"invalid {argument} format :: {printable(raw)}", argument=argument) from None


class Address(Text):
    """An IPv4 address as four numbers (is_ip_format_valid)."""

    __slots__ = ()
    max_length = 15
    expected = "an IPv4 address"
    example = "198.51.100.7"
    schema_format = "ipv4"

    @classmethod
    def accepts(cls, raw: str) -> bool:
        try:
            return str(ipaddress.IPv4Address(raw)) == raw
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
            return "%" not in raw and bool(ipaddress.ip_address(raw))
        except ValueError:
            return False


class AnyNetwork(AnyAddress):
    """An IPv4 or IPv6 address, or a network in CIDR notation (RFC 4632, RFC 4291)."""

    __slots__ = ()
    max_length = 49
    expected = "an IPv4 or IPv6 address or network"

    @classmethod
    def accepts(cls, raw: str) -> bool:
        try:
            return "%" not in raw and bool(ipaddress.ip_network(raw, strict=False))
        except ValueError:
            return False


class YesNo(Choice):
    """The words yes and no, kept as words."""

    __slots__ = ()
    words = ("yes", "no")
    expected = "yes or no"
    example = "yes"
