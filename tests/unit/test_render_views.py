"""Every view of every list command, whatever the data holds: json is valid and says it all, and lines stay lines."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.every import every

from tholos.edges.hestia.render import render
from tholos.kernel.command import COMMANDS, load
from tholos.kernel.view import Labels, Table, View

load()
VIEWS = {name: command.view for name, command in sorted(COMMANDS.items()) if command.view is not None}
HOSTILE = st.text("\"\\'%{}[]:,;\n\r\t\0\x1b\x85\u2028\u202e\ud800 aé\U0001f600", max_size=9) | st.text(max_size=9)
MANY = settings(max_examples=25, deadline=None, database=None)


def filled(view: View, text: str) -> tuple[View, Any]:
    """The same view with every value of text, and of numbers where it shows numbers; and a record for it."""
    words = {view.key, *view.json, *view.plain, *(view.csv.columns if view.csv else ()), *_shown(view)} - {""}
    fields = {word: lambda _record, word=word: "7" if word in view.numbers else text for word in words}
    return replace(view, fields=fields), text if view.shape == "names" else SimpleNamespace()


def _shown(view: View) -> list[str]:
    if isinstance(view.shell, Table):
        return [word for _, word in view.shell.columns]
    return [word for _, word in view.shell.lines] if isinstance(view.shell, Labels) else []


def values(found: Any, view: View) -> list[Any]:
    """What json holds for one record, without the names of records and columns."""
    if view.shape in ("names", "array"):
        (found,) = found
    elif view.shape != "object":
        (found,) = found.values()
    return [found] if view.shape == "names" else [found[word] for word in view.json]


@MANY
@given(text=HOSTILE)
def test_json_is_valid_and_says_it_all(text: str) -> None:
    every(VIEWS)(lambda view: check_json(view, text))()


def check_json(view: View, text: str) -> None:
    view, record = filled(view, text)
    printed = render([record], view, "json")
    printed.encode()
    listed = [part for part in text.split(",") if part]
    expected = [7 if word in view.numbers else listed if word in view.lists else text for word in view.json]
    assert values(json.loads(printed), view) == (expected or [text])


@MANY
@given(text=HOSTILE)
def test_a_record_is_one_line_and_one_row(text: str) -> None:
    # A row of one empty value is an empty line, which csv reads as no row.
    every(VIEWS)(lambda view: check_lines(view, text or "-"))()


def check_lines(view: View, text: str) -> None:
    view, record = filled(view, text)
    for form in ("plain", "csv", "shell"):
        printed = render([record], view, form)
        printed.encode()
        assert not set(printed) & set("\x1b\x9b\r\0\x85\u2028")
    if view.plain:
        (line,) = render([record], view, "plain").splitlines()
        assert line.count("\t") == len(view.plain) - 1
    if view.csv is not None:
        header, *rows = csv.reader(io.StringIO(render([record], view, "csv")), strict=True)
        assert [len(row) for row in rows] == [len(view.csv.columns)], header
