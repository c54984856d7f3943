"""The one way in which a name comes into a statement for MariaDB."""

from __future__ import annotations

LONGEST = 64
ANYWHERE = "`%%`"
"""The host part of our logins: any host. The doubled sign is a single one once values have been put in."""


def identifier(name: str) -> str:
    """A name in backticks (MariaDB: identifier names); raise ValueError for one that MariaDB or a text cannot hold."""
    plain = name.isprintable() and all(sign <= "\uffff" for sign in name)
    if not plain or not 0 < len(name) <= LONGEST or name.endswith(" "):
        raise ValueError(f"{name!r} can't be a name in MariaDB")
    return _quoted(name)


def pattern(name: str) -> str:
    """A database's name where a grant takes a pattern: ``_`` and ``%`` stand for themselves alone."""
    identifier(name)
    return _quoted(escaped(name))


def escaped(name: str) -> str:
    """A name as a pattern that only it matches; so the server keeps it in its table of grants."""
    return name.replace("\\", "\\\\").replace("_", "\\_").replace("%", "\\%")


def login(name: str) -> str:
    """A login that may come from any host."""
    return f"{identifier(name)}@{ANYWHERE}"


def _quoted(name: str) -> str:
    # A single percent sign would be taken for the place of a value.
    return "`" + name.replace("`", "``").replace("%", "%%") + "`"
