"""Views: how the value of a reading command is laid out in the reference's formats (json, plain, csv, shell).

A view is a declaration; ``edges/hestia/render.py`` prints it. Column words are the reference's keys; each is the name
of an attribute of the record, or a function of it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from operator import attrgetter
from typing import Any, Literal

FORMATS = frozenset(("json", "plain", "csv", "shell"))
"""The formats of most views."""
Field = str | Callable[[Any], Any]
"""An attribute's name or a function of the record; True and False print as yes and no, None as nothing."""


def words(text: str) -> tuple[str, ...]:
    """Split a list of column words."""
    return tuple(text.split())


def moments(attribute: str) -> dict[str, Field]:
    """The columns TIME and DATE, of a moment that records have."""
    at = attrgetter(attribute)
    return {"TIME": lambda record: f"{at(record):%H:%M:%S}", "DATE": lambda record: f"{at(record):%Y-%m-%d}"}


@dataclass(frozen=True)
class Csv:
    """A csv layout: the header as printed, the columns, and those whose values stand in double quotes."""

    columns: tuple[str, ...]
    header: str
    quoted: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Table:
    """A shell table: titles over columns, as wide as the widest value, two blanks between.

    ``aligned`` is False where the reference puts a single blank between values. ``rule`` gives the dashes under the
    titles where they are not as long as those. ``trailing`` keeps the blanks that fill the last column.
    """

    columns: tuple[tuple[str, str], ...]
    aligned: bool = True
    trailing: bool = False
    rule: tuple[str, ...] = ()


@dataclass(frozen=True)
class Labels:
    """Lines of a label and a value, the value starting at column ``width``.

    ``also_plain`` tells whether the plain format prints the same where a view has no columns for it. ``optional`` are
    the columns whose lines are left out where there is no value.
    """

    lines: tuple[tuple[str, str], ...]
    width: int = 18
    also_plain: bool = True
    optional: frozenset[str] = frozenset()


@dataclass(frozen=True)
class View:
    """How records print.

    ``key`` names the record in json (a column word), or is empty for a list of bare values. ``fields`` resolves column
    words; a word that is missing is the attribute of the same name in lower case. ``shape`` is how json is laid out:
    records by key, the same with one record a line, a list of names, one record that stands alone, or a list of
    records. ``lists`` are the columns that json shows as lists, ``numbers`` those that it shows without quotes.
    ``empty`` is False where nothing at all is printed when there are no records. ``formats`` are those that it has, as
    far as there is a layout for them; in another one nothing is printed, or where the view is ``strict`` the usage.
    """

    key: str
    json: tuple[str, ...]
    plain: tuple[str, ...] = ()
    csv: Csv | None = None
    shell: Table | Labels | None = None
    fields: Mapping[str, Field] | None = None
    shape: Literal["records", "lines", "names", "object", "array"] = "records"
    wrapper: str = ""
    lists: frozenset[str] = frozenset()
    numbers: frozenset[str] = frozenset()
    empty: bool = True
    formats: frozenset[str] = FORMATS
    strict: bool = False

    def field(self, word: str) -> Field:
        """The attribute or function behind a column word."""
        if self.fields is not None and word in self.fields:
            return self.fields[word]
        return word.lower()
