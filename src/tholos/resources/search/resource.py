"""What was found, as the REST API shows it."""

from __future__ import annotations

from typing import Any, Self

import msgspec

from tholos.resources.shown import Moment, moment, some, split


class Match(msgspec.Struct, frozen=True):
    """Something whose name has the term in it; ``aliases`` are all of it, or those that have the term.

    ``key`` is the kind of name that it is, ``parent`` what it is part of.
    """

    user: str
    type: str
    key: str
    name: str
    parent: str | None
    aliases: list[str]
    suspended: bool
    created: Moment

    @classmethod
    def of(cls, record: Any) -> Self:
        """The resource of a record."""
        return cls(
            user=record.user,
            type=record.type,
            key=record.key,
            name=record.result,
            parent=some(record.parent),
            aliases=split(record.alias),
            suspended=record.suspended,
            created=moment(record.created),
        )


class File(msgspec.Struct, frozen=True):
    """A file: its kind (file, directory, link, other), its mode in octal digits, and its path below the directory."""

    path: str
    kind: str
    mode: str
    owner: str
    group: str
    size: int
    modified: Moment

    @classmethod
    def of(cls, record: Any) -> Self:
        """The resource of a record."""
        return cls(
            path=record.path.encode(errors="replace").decode(),
            kind={"f": "file", "d": "directory", "l": "link"}.get(record.kind, "other"),
            mode=f"{record.mode:o}",
            owner=record.owner,
            group=record.group,
            size=record.size,
            modified=moment(record.modified),
        )


class Owner(msgspec.Struct, frozen=True):
    """The account that something belongs to."""

    user: str

    @classmethod
    def of(cls, record: str) -> Self:
        """The resource of what the command prints."""
        return cls(record.strip())
