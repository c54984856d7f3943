"""The formats of lists: whatever records hold, what is printed can be read back."""

from __future__ import annotations

import csv
import io
import json
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tholos.edges.hestia.render import render, text_of
from tholos.kernel.view import FORMATS, Csv, Labels, Table, View

ANYTHING = st.text(st.characters(), max_size=12) | st.text("\"\\,\n\r\t\0\x1b\x85\u2028\u202e\ud800'a", max_size=6)
RECORDS = st.lists(st.tuples(ANYTHING, ANYTHING), max_size=4)
WORDS = ("NAME", "VALUE")
VIEW = View(
    key="NAME",
    json=("VALUE",),
    plain=WORDS,
    csv=Csv(WORDS, "NAME,VALUE", frozenset(("VALUE",))),
    shell=Table((("NAME", "NAME"), ("VALUE", "VALUE"))),
    formats=FORMATS | {"list"},
)
LABELS = View(key="NAME", json=("VALUE",), shell=Labels((("NAME:", "NAME"), ("VALUE:", "VALUE"))))
MANY = settings(max_examples=60, deadline=None, database=None)


def records(pairs: list[tuple[str, str]]) -> list[Any]:
    """Records with a name and a value."""
    return [SimpleNamespace(name=name, value=value) for name, value in pairs]


@MANY
@given(RECORDS)
def test_json_can_always_be_read(pairs: list[tuple[str, str]]) -> None:
    expected = {name: {"VALUE": value} for name, value in pairs}
    for shape in ("records", "lines"):
        view = View(key="NAME", json=("VALUE",), shape=shape)
        printed = render(records(pairs), view, "json")
        printed.encode()
        assert json.loads(printed) == expected


@MANY
@given(st.lists(ANYTHING, max_size=4))
def test_names_and_lists_in_json_can_always_be_read(names: list[str]) -> None:
    assert json.loads(render(names, View(key="", json=(), shape="names"), "json")) == names
    parts = [name.replace(",", "") for name in names]
    view = View(key="NAME", json=("VALUE",), lists=frozenset(("VALUE",)), shape="object")
    (record,) = records([("n", ",".join(parts))])
    assert json.loads(render(record, view, "json")) == {"VALUE": [part for part in parts if part]}


@MANY
@given(RECORDS)
def test_csv_has_a_row_of_as_many_cells_for_every_record(pairs: list[tuple[str, str]]) -> None:
    printed = render(records(pairs), VIEW, "csv")
    assert [len(row) for row in csv.reader(io.StringIO(printed), strict=True)] == [2] * (len(pairs) + 1)
    printed.encode()


@MANY
@given(RECORDS)
def test_no_value_breaks_a_line_or_moves_a_cursor(pairs: list[tuple[str, str]]) -> None:
    listed = records(pairs)
    assert len(render(listed, VIEW, "plain").splitlines()) == len(pairs)
    assert all(line.count("\t") == 1 for line in render(listed, VIEW, "plain").splitlines())
    assert len(render(listed, VIEW, "list").splitlines()) == len(pairs)
    assert len(render(listed, VIEW, "shell").splitlines()) == len(pairs) + 2
    for form in ("plain", "list", "shell"):
        assert not set(render(listed, VIEW, form)) & set("\x1b\x9b\r\0")
        render(listed, VIEW, form).encode()
    for record in listed:
        assert len(render(record, LABELS, "shell").splitlines()) == 2


@pytest.mark.parametrize("form", ["", "xml", "JSON", "json ", "$(id)"])
def test_an_unknown_format_prints_nothing(form: str) -> None:
    assert render(records([("a", "b")]), VIEW, form) == ""


def test_json_keeps_the_layout_that_shell_clients_read() -> None:
    printed = render(records([("a", "1"), ("b", "2")]), VIEW, "json")
    expected = '{\n    "a": {\n        "VALUE": "1"\n    },\n    "b": {\n        "VALUE": "2"\n    }\n}\n'
    assert printed == expected
    assert json.loads(render([], VIEW, "json")) == {}


@pytest.mark.parametrize(
    ("value", "text"), [(True, "yes"), (False, "no"), (None, ""), (0, "0"), (["a", "b"], "a,b"), ((), ""), ("x", "x")]
)
def test_a_value_in_the_words_of_the_reference(value: object, text: str) -> None:
    assert text_of(value) == text
