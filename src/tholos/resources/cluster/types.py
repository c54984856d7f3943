"""Argument types of the DNS cluster. Facts: ``dns-cluster.md``, ``validators.json``."""

from __future__ import annotations

import re
from typing import Self

from tholos.kernel.command import RESTART_WORDS
from tholos.kernel.errors import Invalid
from tholos.kernel.types import Choice, Number, Text, printable
from tholos.resources.types import AccountName, ObjectName


class SlaveHost(ObjectName):
    """The name or the IPv4 address of another server (is_object_format_valid, without ``|`` and ``_``)."""

    __slots__ = ()
    pattern = re.compile(r"[A-Za-z0-9][-.A-Za-z0-9]{0,64}[A-Za-z0-9]")
    expected = "a host name or an IPv4 address"
    example = "ns2.example.org"


class Port(Number):
    """A TCP port."""

    lowest = 1
    highest = 65_535
    expected = "a port from 1 to 65535"
    example = "8083"


class SlaveLogin(Text):
    """A login, a legacy key, or an access key as ``ID:SECRET`` (is_hash_format_valid); it is a secret, never printed.

    Wider than the reference's rule by the signs that its own secrets may hold.
    """

    __slots__ = ()
    pattern = re.compile(r"[A-Za-z0-9|:=_.+/^~%-]{1,80}")
    max_length = 80
    expected = "a key as ID:SECRET, a legacy key, or a login"
    example = "abcdefghij0123456789:abcdefghijklmnopqrstuvwxyz0123456789_-=A"
    secret = True

    @classmethod
    def refusal(cls, raw: str, argument: str) -> Invalid:
        return Invalid("invalid hash format", argument=argument)

    def __repr__(self) -> str:
        return "SlaveLogin(...)"


class SlavePassword(Text):
    """The password of a login on another server: any text of one line."""

    __slots__ = ()
    pattern = re.compile(r".+")
    max_length = 511
    expected = "a password"
    example = "correct horse battery"
    secret = True

    @classmethod
    def refusal(cls, raw: str, argument: str) -> Invalid:
        return Invalid(f"invalid {argument} format", argument=argument)

    def __repr__(self) -> str:
        return "SlavePassword(...)"


class SlaveType(Choice):
    """How another server is spoken to."""

    __slots__ = ()
    words = ("api", "ssh")
    expected = "api or ssh"
    example = "api"


class SlaveAccount(Text):
    """The account on another server that zones are copied to (is_user_format_valid)."""

    __slots__ = ()
    pattern = AccountName.pattern
    max_length = 30
    expected = "an account name"
    example = "dns-cluster"


class Trust(Text):
    """How the certificate of another server is checked.

    ``none``: not at all; ``system``: its name, by the authorities that the machine trusts; else it is the SHA-256
    fingerprint of the one certificate that counts (64 hexadecimal digits, colons between them or not).
    """

    __slots__ = ()
    pattern = re.compile(r"none|system|[0-9a-f]{64}")
    max_length = 95
    expected = "a certificate's SHA-256 fingerprint, or system, or none"
    example = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"

    @classmethod
    def parse(cls, raw: str, argument: str) -> Self:
        """Give the fingerprint as 64 small digits, or the word; else raise Invalid."""
        bare = raw.lower().removeprefix("sha256:").replace(":", "") if len(raw) <= cls.max_length else raw
        if not cls.accepts(bare):
            raise cls.refusal(raw, argument)
        return cls(bare)


class PushFlush(Choice):
    """What becomes of the other server's earlier records; all of them end the same way here."""

    __slots__ = ()
    words = ("", "yes", "no", "records", "domain")
    expected = "yes, no, records or domain"
    example = "yes"


class InsertFlush(Text):
    """Whether a zone may be there already: ``no`` says that it must be new, any other word that it is replaced.

    ``records`` has the earlier records taken away too.
    """

    __slots__ = ()
    pattern = re.compile(r"[a-z]{0,16}")
    max_length = 16
    expected = "no, yes, domain or records"
    example = "domain"


class Source(Text):
    """The name of the server that a zone came from."""

    __slots__ = ()
    pattern = re.compile(r"[A-Za-z0-9](?:[-._A-Za-z0-9]{0,252}[A-Za-z0-9])?")
    max_length = 254
    expected = "the name of a server"
    example = "ns1.example.org"


class ZoneNames(Text):
    """Names of zones, with commas between."""

    __slots__ = ()
    pattern = re.compile(r"[a-z0-9._-]+(?:,[a-z0-9._-]+)*")
    max_length = 64 * 1024
    expected = "names of zones, with commas between"
    example = "example.org,example.net"


class Lines(str):
    """Text of stored records, line by line: ``KEY='value'`` pairs with blanks between.

    A line end is the only sign in it that cannot be seen; what the pairs hold is checked one by one where they are
    read.
    """

    __slots__ = ()
    max_length = 4 * 1024 * 1024
    expected = "lines of KEY='value' pairs"
    example = "ID='1' RECORD='@' TYPE='A' PRIORITY='' VALUE='198.51.100.7' SUSPENDED='no'"

    @classmethod
    def parse(cls, raw: str, argument: str) -> Self:
        """Give the text, or raise Invalid."""
        if len(raw) > cls.max_length or not raw.replace("\n", "").isprintable():
            raise Invalid(f"invalid {argument} format :: {printable(raw)}", argument=argument)
        return cls(raw)


class Line(Lines):
    """One line of a stored record."""

    __slots__ = ()
    max_length = 64 * 1024
    expected = "one line of KEY='value' pairs"
    example = "DOMAIN='example.org' IP='198.51.100.7' TTL='14400' SOA='ns1.example.org' SERIAL='3000000000'"

    @classmethod
    def parse(cls, raw: str, argument: str) -> Self:
        """Give the line, or raise Invalid."""
        if "\n" in raw:
            raise Invalid(f"invalid {argument} format :: {printable(raw)}", argument=argument)
        return super().parse(raw, argument)


class RecordFile(Lines):
    """A file of records: what another server put down before under this path, which stands for its content."""

    __slots__ = ()
    from_file = True
    consumed = True
    expected = "the path of a file of records that was put down before"
    example = "/tmp/vst-sync.example.org"  # noqa: S108 - a word of the protocol


class RecordLine(Line):
    """One line of a stored record of a zone."""

    __slots__ = ()
    example = "ID='99' RECORD='mx2' TYPE='A' PRIORITY='' VALUE='198.51.100.7' SUSPENDED='no'"


class Restart(Choice):
    """When a change is served; ``no`` says that another command follows, with which it will be."""

    __slots__ = ()
    words = RESTART_WORDS
    expected = "yes or no"
    example = "yes"
