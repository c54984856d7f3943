"""Printing a reading command's value in the reference's formats, from its view.

json is an object of records in the reference's own layout (one key a line, four blanks a level), plain is lines of
values with tabs between, csv has a header (RFC 4180 quoting where a value needs it), shell is for people.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from typing import Any

from tholos.kernel.view import Csv, Field, Labels, Table, View

_ESCAPED = re.compile(r'["\\\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]')
_NEEDS_QUOTES = re.compile(r'[",]')
_BREAKS_LINE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]+")
"""What ends a line for somebody, moves a terminal's cursor, or cannot be encoded."""


def render(value: Any, view: View, form: str) -> str:
    """Print a value (a record, a list of records or a list of names); an unknown format prints nothing."""
    records = value if isinstance(value, list | tuple) else [value]
    if form not in view.formats or (not records and not view.empty):
        return ""
    match form:
        case "json":
            return _json(records, view)
        case "plain" if not view.plain and isinstance(view.shell, Labels) and view.shell.also_plain:
            return "\n".join(_labels(record, view, view.shell) for record in records)
        case "csv" | "shell" if view.shape == "names" and (view.csv if form == "csv" else view.shell) is None:
            return "".join(f"{_one_line(str(record))}\n" for record in records)
        case "plain" if view.plain or view.shape == "names":
            return "".join("\t".join(map(_one_line, row)) + "\n" for row in _rows(records, view, view.plain))
        case "csv" if view.csv is not None:
            return _csv(records, view, view.csv)
        case "shell" if isinstance(view.shell, Table):
            return _table(records, view, view.shell)
        case "shell" if isinstance(view.shell, Labels):
            return "\n".join(_labels(record, view, view.shell) for record in records)
        case "list" if view.plain:
            return "".join(f"{_one_line(row[0])}\n" for row in _rows(records, view, view.plain[:1]))
    return ""


def text_of(value: Any) -> str:
    """A value as the reference prints it: yes and no, nothing for None, lists with commas."""
    if value is True:
        return "yes"
    if value is False:
        return "no"
    if value is None:
        return ""
    if isinstance(value, list | tuple):
        return ",".join(map(str, value))
    return str(value)


Getter = Callable[[Any], list[str]]


@lru_cache(maxsize=1024)
def _getter(fields: tuple[Field, ...]) -> Getter:
    def get(record: Any) -> list[str]:
        values = [getattr(record, field) if type(field) is str else field(record) for field in fields]  # type: ignore[operator]
        return [value if type(value) is str else text_of(value) for value in values]

    return get


def _rows(records: Iterable[Any], view: View, columns: Sequence[str]) -> list[list[str]]:
    if view.shape == "names":
        return [[str(record)] for record in records]
    get = _getter(tuple(view.field(word) for word in columns))
    return [get(record) for record in records]


def _one_line(value: str) -> str:
    return _BREAKS_LINE.sub(" ", value) if _BREAKS_LINE.search(value) else value


def _json(records: Sequence[Any], view: View) -> str:
    if view.shape == "names":
        listed = ",\n".join(f'    "{_escape(str(record))}"' for record in records)
        return f"[\n{listed}\n]\n" if listed else "[]\n"
    if view.shape == "lines":
        return _json_lines(records, view)
    indent = "    " if view.shape == "object" else "        "
    get = _getter(tuple(view.field(word) for word in view.json))
    lines = ",\n".join(f'{indent}"{word}": {_place(word, view)}' for word in view.json)
    template = "{\n" + lines + "\n" + indent[4:] + "}"
    printed = [template % tuple(_json_values(get(record), view)) for record in records]
    if view.shape == "object":
        return "".join(one + "\n" for one in printed)
    if view.shape == "array":
        listed = ",\n".join(f"    {one}" for one in printed)
        return f"[\n{listed}\n]\n" if listed else "[]\n"
    names = (
        [view.wrapper] * len(printed)
        if view.wrapper
        else [_escape(row[0]) for row in _rows(records, view, (view.key,))]
    )
    body = ",\n".join(f'    "{name}": {one}' for name, one in zip(names, printed, strict=True))
    return "{\n" + body + "\n}\n" if body else "{\n}\n"


def _json_lines(records: Sequence[Any], view: View) -> str:
    get = _getter(tuple(view.field(word) for word in view.json))
    template = ", ".join(f'"{word}": {_place(word, view)}' for word in view.json)
    names = [_escape(row[0]) for row in _rows(records, view, (view.key,))]
    body = ",\n".join(
        f'    "{name}": {{{template % tuple(_json_values(get(record), view))}}}'
        for name, record in zip(names, records, strict=True)
    )
    return "{\n" + body + "\n}\n" if body else "{}\n"


def _place(word: str, view: View) -> str:
    return "%s" if word in view.lists or word in view.numbers else '"%s"'


def _json_values(values: list[str], view: View) -> list[str]:
    if view.lists:
        return [
            _json_list(value) if word in view.lists else _escape(value)
            for word, value in zip(view.json, values, strict=True)
        ]
    if _ESCAPED.search("".join(values)):
        return [_escape(value) for value in values]
    return values


def _json_list(value: str) -> str:
    return "[" + ", ".join(f'"{_escape(part)}"' for part in value.split(",") if part) + "]"


def _escape(value: str) -> str:
    return _ESCAPED.sub(_escape_one, value)


def _escape_one(found: re.Match[str]) -> str:
    return json.dumps(found[0])[1:-1] if found[0] < "\x7f" else f"\\u{ord(found[0]):04x}"


def _csv(records: Sequence[Any], view: View, layout: Csv) -> str:
    lines = [layout.header]
    for row in _rows(records, view, layout.columns):
        cells = (
            '"' + value.replace('"', '""') + '"' if word in layout.quoted or _NEEDS_QUOTES.search(value) else value
            for word, value in zip(layout.columns, map(_one_line, row), strict=True)
        )
        lines.append(",".join(cells))
    return "\n".join(lines) + "\n"


def _table(records: Sequence[Any], view: View, layout: Table) -> str:
    titles = [title for title, _ in layout.columns]
    rows = [titles, list(layout.rule) or ["-" * len(title) for title in titles]]
    rows += [list(map(_one_line, row)) for row in _rows(records, view, [word for _, word in layout.columns])]
    if not layout.aligned:
        head = ["   ".join(row) for row in rows[:2]]
        return "\n".join([*head, *(" ".join(row) for row in rows[2:])]) + "\n"
    columns = max(len(row) for row in rows)
    widths = [max(len(row[column]) for row in rows if column < len(row)) for column in range(columns)]
    # A row that is shorter than the rule still ends where the next column would begin.
    lines = ("  ".join([*map(str.ljust, row, widths), *([""] if len(row) < columns else [])]) for row in rows)
    return "".join((line if layout.trailing else line.rstrip()) + "\n" for line in lines)


def _labels(record: Any, view: View, layout: Labels) -> str:
    get = _getter(tuple(view.field(word) for _, word in layout.lines))
    pairs = zip(layout.lines, map(_one_line, get(record)), strict=True)
    shown = (pair for pair in pairs if pair[1] or pair[0][1] not in layout.optional)
    return "".join(f"{label.ljust(layout.width)}{value}\n" for (label, _), value in shown)
