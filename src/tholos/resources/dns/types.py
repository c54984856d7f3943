"""Argument types of zones and records."""

from __future__ import annotations

import re
from typing import Self

from tholos.kernel.errors import Invalid
from tholos.kernel.types import Choice, Number, Text, printable
from tholos.resources.dns.content import DEFAULT_PRIORITY
from tholos.resources.idn import lower, to_ascii
from tholos.resources.types import Common, NameServer, NewDomainName, ObjectName

TYPES = (
    *("A", "AAAA", "NS", "CNAME", "MX", "TXT", "SRV", "DNSKEY"),
    *("KEY", "IPSECKEY", "PTR", "SPF", "TLSA", "CAA", "DS"),
)
"""The types that a record can have (is_dns_type_format_valid)."""


class NewZone(NewDomainName):
    """A domain name for a new zone."""

    __slots__ = ()


class SoaName(NameServer):
    """The name of a zone's primary server, which its SOA record names."""

    __slots__ = ()

    @classmethod
    def refusal(cls, raw: str, argument: str) -> Invalid:
        return Invalid(f"invalid {argument.upper()} format :: {printable(raw)}", argument=argument)


class RecordName(Common):
    """The owner of a record, below its zone: ``@`` is the zone itself, a leading ``*`` stands for every name.

    Lower case, in A-labels, at most 63 signs a label (RFC 1035, 2.3.4). ``_`` may begin a label (RFC 8552).
    """

    __slots__ = ()
    max_length = 254
    expected = "a name below the zone such as www, _sip._tcp or *, or @ for the zone itself"
    example = "www"
    _label = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?")

    @classmethod
    def parse(cls, raw: str, argument: str) -> Self:
        """Give the name or raise Invalid."""
        if len(raw) > cls.max_length or not raw.isprintable():
            raise cls.refusal(raw, argument)
        name = cls._ascii(lower(raw))
        if name is None or not cls.accepts(name):
            raise cls.refusal(raw, argument)
        return cls(name)

    @classmethod
    def accepts(cls, raw: str) -> bool:
        if raw == "@":
            return True
        labels = raw.removesuffix(".").split(".")
        if labels[0] == "*":
            labels = labels[1:]
        return len(raw) <= cls.max_length and all(cls._label.fullmatch(label) for label in labels)

    @staticmethod
    def _ascii(name: str) -> str | None:
        """Each label as an A-label; labels with ``_`` or ``*`` are no host names and stay."""
        labels = [label if label.isascii() else to_ascii(label) for label in name.split(".")]
        return None if None in labels else ".".join(label for label in labels if label is not None)


class RecordType(Choice):
    """The type of a record, in any case."""

    __slots__ = ()
    words = TYPES
    expected = f"one of {', '.join(TYPES)}"
    example = "A"

    @classmethod
    def refusal(cls, raw: str, argument: str) -> Invalid:
        word = "dns record type" if argument == "type" else argument
        return Invalid(f"invalid {word} format :: {printable(raw)}", argument=argument)

    @classmethod
    def parse(cls, raw: str, argument: str) -> Self:
        if not cls.accepts(raw.upper()):
            raise cls.refusal(raw, argument)
        return cls(raw.upper())


class RecordTypeOrNone(RecordType):
    """The type of a record; empty keeps the one that it has."""

    __slots__ = ()

    @classmethod
    def accepts(cls, raw: str) -> bool:
        return raw == "" or super().accepts(raw)


class RecordValue(Text):
    """What a record says, in the form that its type has in a zone file; checked together with the type."""

    __slots__ = ()
    pattern = re.compile(r".+")
    max_length = 65_535
    expected = "the value of a record of this type"
    example = "198.51.100.7"

    @classmethod
    def refusal(cls, raw: str, argument: str) -> Invalid:
        return Invalid(f"dns record validation failed :: {printable(raw)}", argument=argument)


class Priority(Text):
    """The priority of an MX or SRV record, 0 to 65535; checked together with the value. Other records have none."""

    __slots__ = ()
    pattern = re.compile(r"[A-Za-z0-9.-]*")
    whole = (0, 65_535)
    null = str(DEFAULT_PRIORITY)
    max_length = 10
    expected = "a number from 0 to 65535"
    example = "10"


class RecordId(Number):
    """The number of a record in its zone; the highest is the last one that every reader of JSON keeps as it is."""

    lowest = 1
    highest = 2**53 - 1
    expected = "the number of a record"
    example = "1"

    @classmethod
    def parse(cls, raw: str, argument: str) -> Self:
        if raw.startswith("0"):
            raise Invalid(f"invalid {argument} format :: {printable(raw)}", argument=argument)
        return super().parse(raw, argument)


class Ttl(Number):
    """How many seconds others may keep an answer (RFC 2181, 8)."""

    expected = "a number of seconds"
    example = "14400"


class OwnTtl(Ttl):
    """The TTL of a record, or the word ``none`` for one that has its zone's."""

    expected = "a number of seconds, or none for the zone's"
    null = "none"

    @classmethod
    def parse(cls, raw: str, argument: str) -> Self:
        """Give the TTL or raise Invalid."""
        return cls(-1) if raw == cls.null else super().parse(raw, argument)

    @property
    def seconds(self) -> int | None:
        """What the record keeps."""
        return None if self < 0 else int(self)

    def __str__(self) -> str:
        return self.null if self < 0 else super().__str__()


class Day(Text):
    """A day as YYYY-MM-DD (is_date_format_valid): whether there is such a day nobody asks."""

    __slots__ = ()
    pattern = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
    max_length = 10
    expected = "a day such as 2030-12-31"
    example = "2030-12-31"
    schema_format = "date"


class TemplateName(ObjectName):
    """The name of a template of zones."""

    __slots__ = ()


class Quiet(Choice):
    """Whether the history says nothing of a change."""

    __slots__ = ()
    words = ("yes", "no")
    expected = "yes or no"
    example = "no"


class DnssecForm(Choice):
    """Which record of a zone's key is printed: the key itself, or its digest for the parent zone."""

    __slots__ = ()
    words = ("DNSKEY", "DS")
    expected = "DNSKEY or DS"
    example = "DS"


class UpdateSerial(Choice):
    """Whether the serial is raised."""

    __slots__ = ()
    words = ("yes", "no")
    expected = "yes or no"
    example = "no"
