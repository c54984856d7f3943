"""What is said about a zone: its configuration, the serial in its file, and its status."""

from __future__ import annotations

import re
from collections.abc import Iterator

_WORD = re.compile(r'"[^"]*"|[{};]|[^\s{};"]+')
Clauses = frozenset[tuple[str, ...]]


def clauses(configuration: str) -> Clauses:
    """The clauses between the braces of a zone's configuration, without regard to order, blanks and quotes."""
    return frozenset(_clauses(configuration))


def _clauses(text: str) -> Iterator[tuple[str, ...]]:
    clause: list[str] = []
    depth = 0
    for word in _WORD.findall(text):
        depth += {"{": 1, "}": -1}.get(word, 0)
        if word == ";" and depth == 0:
            yield tuple(clause)
            clause = []
        else:
            clause.append(word.strip('"'))


def is_same(configuration: str, other: str) -> bool:
    """Tell whether two configurations, as they stand between the braces, say the same."""
    return clauses(configuration) == clauses(other)


def file_of(configuration: str) -> str:
    """The path of a zone's file; empty when its configuration names none."""
    return next((clause[1] for clause in clauses(configuration) if clause[:1] == ("file",)), "")


def is_signed(configuration: str) -> bool:
    """Tell whether a zone with this configuration is signed by the server itself."""
    return any(clause[:1] == ("dnssec-policy",) for clause in clauses(configuration))


def is_secondary(configuration: str) -> bool:
    """Tell whether a zone with this configuration is transferred from elsewhere."""
    return ("type", "secondary") in clauses(configuration)


def serial_of(content: bytes) -> int:
    """The serial of the SOA record (RFC 1035, 3.3.13) in a master file; ValueError when there is none."""
    from dns.exception import DNSException
    from dns.tokenizer import Tokenizer

    tokens = Tokenizer(content.decode("ascii", errors="replace"))
    try:
        while not (token := tokens.get()).is_eof():
            if token.is_identifier() and token.value.upper() == "SOA":
                tokens.get()
                tokens.get()
                return int(tokens.get_uint32())
    except DNSException as error:
        raise ValueError("a zone's file that cannot be read") from error
    raise ValueError("a zone's file without a serial")


def is_behind(serial: int, other: int) -> bool:
    """Tell whether a serial is older than another (RFC 1982, 3.2)."""
    return 0 < (other - serial) % 2**32 < 2**31


class Status:
    """What the server says about a zone (rndc(8), ``zonestatus``)."""

    def __init__(self, text: str) -> None:
        pairs = (line.split(": ", 1) for line in text.splitlines() if ": " in line)
        self._said = {key.strip(): value.strip() for key, value in pairs}

    @property
    def serial(self) -> int | None:
        """The serial of the zone as its file has it; None while nothing was loaded."""
        return self._number("serial")

    @property
    def signed_serial(self) -> int | None:
        """The serial of the zone as it is signed and served; None for a zone that is not signed here."""
        return self._number("signed serial")

    @property
    def is_secure(self) -> bool:
        """Whether what is served has signatures."""
        return self._said.get("secure") == "yes"

    @property
    def is_from_catalog(self) -> bool:
        """Whether a catalog (RFC 9432) has brought the zone, which the name of its file tells."""
        return self._said.get("files", "").rpartition("/")[2].startswith("__catz__")

    def _number(self, key: str) -> int | None:
        value = self._said.get(key, "")
        return int(value) if value.isdigit() else None
