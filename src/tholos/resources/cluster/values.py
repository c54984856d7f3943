"""Single values of a line that another server sent: what cannot be served is put right or left out, and named.

Another server takes values that this one does not, and its zone is worth more than they are: to refuse the line would
leave the zone as it was before, whatever else has changed in it.
"""

from __future__ import annotations

from collections.abc import Mapping

from tholos.kernel.errors import Invalid
from tholos.kernel.types import Text, printable
from tholos.resources.dns.types import Ttl
from tholos.resources.types import NameServer

_DIGITS = 10
_SHOWN = 60
"""Signs of a value that are named."""


class Values:
    """Reads a line's pairs; ``odd`` names what was put right or left out."""

    def __init__(self, pairs: Mapping[str, str]) -> None:
        self._pairs = pairs
        self.odd: list[str] = []

    def some(self, kind: type[Text], key: str) -> str:
        """A value of a type, or nothing where nothing of it was sent."""
        raw = self._pairs.get(key, "")
        try:
            return kind.parse(raw, key) if raw else ""
        except Invalid:
            return self._left_out(key, raw)

    def server(self, key: str) -> str:
        """The name of a server, without a dot at its end, or nothing."""
        raw = self._pairs.get(key, "")
        try:
            return NameServer.parse(raw.removesuffix("."), key) if raw else ""
        except Invalid:
            return self._left_out(key, raw)

    def ttl(self, key: str) -> int | None:
        """A number of seconds, the longest that there may be for any longer one, or None."""
        raw = self._pairs.get(key, "")
        if raw.isascii() and raw.isdigit():
            digits = raw.lstrip("0") or "0"
            seconds = int(digits) if len(digits) <= _DIGITS else Ttl.highest + 1
            if seconds > Ttl.highest:
                self.odd.append(f"{key} {digits[:_SHOWN]} is {Ttl.highest}")
            return min(seconds, Ttl.highest)
        if raw:
            self._left_out(key, raw)
        return None

    def is_yes(self, key: str) -> bool:
        """Tell whether a value is the word for true."""
        return self._pairs.get(key) == "yes"

    def _left_out(self, key: str, raw: str) -> str:
        self.odd.append(f"{key} {printable(raw)[:_SHOWN]} left out")
        return ""
