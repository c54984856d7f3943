"""Argument types of sites."""

from __future__ import annotations

import ipaddress
import re

from tholos.kernel.errors import Invalid
from tholos.kernel.types import Text
from tholos.resources.types import Domain


class Extensions(Text):
    """File name extensions (is_extention_format_valid): letters, digits, ``-``, ``_``, ``*`` and dots, with commas."""

    __slots__ = ()
    pattern = re.compile(r"[A-Za-z0-9._*,-]*")
    max_length = 1000
    expected = "extensions with commas between, such as jpg,png"
    example = "jpg,png,css"


NO_EXTENSIONS = Extensions("")


class NewDomain(Domain):
    """A domain name for a new site; an address is refused with a message of its own.

    No name ends in ``.error``: its log would be the error log of the site without that ending.
    """

    __slots__ = ()

    @classmethod
    def accepts(cls, raw: str) -> bool:
        return super().accepts(raw) and not raw.endswith(".error")

    @classmethod
    def refusal(cls, raw: str, argument: str) -> Invalid:
        try:
            ipaddress.IPv4Address(raw)
        except ValueError:
            return super().refusal(raw, argument)
        return Invalid("Invalid domain format. IP address detected as input.", argument=argument, code=1)
