"""Argument types of packages: the values of a package, and a package given as a file."""

from __future__ import annotations

import re
from typing import ClassVar, Self

from msgspec import Struct

from tholos.kernel.errors import Invalid, Silent
from tholos.kernel.types import printable
from tholos.resources.package.body import GivenPackage, lines
from tholos.resources.package.model import DEFAULTS, LIMITS
from tholos.resources.types import HostName, ObjectName, Sought

_LINE = re.compile(r"""\s*(?:export\s+)?([A-Z][A-Z0-9_]*)=(?:'([^']*)'|"([^"]*)"|(\S*))\s*""")
_COUNT = re.compile(r"[0-9]{1,9}|unlimited")
_NUMBER = re.compile(r"[0-9]{1,9}")
_PATTERNS = {
    "rate_limit": _NUMBER,
    "backups": _NUMBER,
    "cpu_quota": re.compile(r"[1-9][0-9]{0,5}%|unlimited|"),
    "cpu_quota_period": re.compile(r"[0-9]{1,6}(?:ms|s)|unlimited|"),
    "memory_limit": re.compile(r"[0-9]{1,12}[KMGT]?|unlimited|"),
    "swap_limit": re.compile(r"[0-9]{1,12}[KMGT]?|unlimited|"),
    "backups_incremental": re.compile(r"yes|no"),
    "shell": re.compile(r"[a-z][a-z0-9-]{0,30}"),
}
"""The values of columns that are no plain count (is_valid_cpu_quota, is_valid_memory_size and their like)."""


def parse_value(value: str, key: str) -> str:
    """The checked value of a package's key, as it is stored; raise Invalid naming the key."""
    column = key.lower()
    if column == "ns":
        return ",".join(_name_servers(value))
    if column.endswith("_template"):
        # A node without that service has no template for it.
        return ObjectName.parse(value, column) if value else "default"
    if not _PATTERNS.get(column, _COUNT).fullmatch(value):
        raise Invalid(f"invalid {column} format :: {printable(value)}", argument=column)
    return value or LIMITS.get(column, "")


def _name_servers(value: str) -> list[str]:
    servers = [HostName.parse(part, "ns") for part in re.split(r"[,\s]+", value) if part]
    if not 2 <= len(servers) <= 8:
        raise Invalid(f"invalid ns format :: {printable(value)}", argument="ns")
    return [str(server) for server in servers]


class SoughtPackage(Sought):
    """The name of a package that is there."""

    __slots__ = ()
    expected = "the name of a package that is there"
    example = ObjectName.example


class PackageFile:
    """A package as a file of ``KEY='value'`` lines; what a line does not name takes the default package's value.

    Unlike the reference's, the file is never run: a line that is no plain assignment is refused.
    """

    from_file = True
    expected: ClassVar[str] = "a file of KEY='value' lines"
    example: ClassVar[str] = "WEB_DOMAINS='3'"
    body = GivenPackage
    body_example: ClassVar[dict[str, object]] = {"limits": {"web_domains": 3}}

    def __init__(self, values: dict[str, str]) -> None:
        self.values = values

    def __str__(self) -> str:
        return "the content of a file"

    @staticmethod
    def from_body(given: Struct) -> str:
        """The file that says what the fields of a JSON object say; raise Invalid for what a file cannot say."""
        return lines(given)

    @classmethod
    def parse(cls, raw: str, argument: str) -> Self:
        """Give the package, or raise Silent (exit code 3) for a path at which no file was found, or Invalid."""
        if "=" not in raw and "\n" not in raw:
            raise Silent(f"{printable(raw)} does not exist", argument=argument, code=3)
        found = dict(DEFAULTS | LIMITS)
        for key, value in _assignments(raw, argument):
            if key.lower() in found:
                found[key.lower()] = parse_value(value, key)
        return cls(found)


def _assignments(raw: str, argument: str) -> list[tuple[str, str]]:
    found = []
    for line in raw.splitlines():
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        match = _LINE.fullmatch(line)
        if match is None or not line.strip().replace("\t", " ").isprintable():
            raise Invalid(f"invalid {argument} format :: {printable(line)}", argument=argument)
        found.append((match[1], next(part for part in match.groups()[1:] if part is not None)))
    return found
