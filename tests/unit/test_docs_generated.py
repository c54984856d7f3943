"""The generated reference is what the declarations say now."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import pytest
from tests.every import every

from tholos.edges import docs
from tholos.edges.refusals import CHANGING, COMMON, refusals
from tholos.kernel.command import COMMANDS, load

load()
DOCS = Path(__file__).parent.parent.parent / "docs"
WRITTEN = ["compatibility.md", *sorted(f"reference/{file.name}" for file in (DOCS / "reference").glob("*.md"))]


@cache
def pages() -> Mapping[str, str]:
    """What should be there; it takes a second, and whoever collects the tests does not need it."""
    return docs.pages()


@pytest.mark.parametrize("path", WRITTEN)
def test_a_page_is_up_to_date(path: str) -> None:
    assert (DOCS / path).read_text(encoding="utf-8") == pages().get(path), "run ./tholos docs"


def test_no_page_is_missing_and_none_is_left_of_a_group_that_is_no_more() -> None:
    assert set(WRITTEN) == set(pages())


def test_every_command_has_its_place_in_both() -> None:
    reference = "".join(text for path, text in pages().items() if path != "compatibility.md")
    compatibility = pages()["compatibility.md"]
    for name in COMMANDS:
        assert f"## {name}\n" in reference
        assert f"| `{name}` | there |" in compatibility or f"- `{name}`: " in compatibility


def test_writing_removes_what_is_stale(tmp_path: Path) -> None:
    (tmp_path / "reference").mkdir()
    (tmp_path / "reference" / "gone.md").write_text("old")
    docs.write(tmp_path)
    assert {str(file.relative_to(tmp_path)) for file in tmp_path.rglob("*.md")} == set(pages())


@every({name: name for name in COMMANDS})
def test_the_line_of_a_command_has_the_words_of_its_table(name: str) -> None:
    written = next(text for text in pages().values() if f"## {name}\n" in text).partition(f"## {name}\n")[2]
    section = written.partition("\n## ")[0]
    line = next(line for line in section.splitlines() if line.startswith(f"    {name}")).split()
    table = re.findall(r"^\| ([A-Z][A-Z_0-9]*) \| ([^|]*) \|", section, re.MULTILINE)
    assert line == [name, *(word if needed == "required" else f"[{word}]" for word, needed in table)]


def test_the_table_of_exit_codes_has_every_code_that_a_command_may_end_with() -> None:
    known = {int(code) for code in re.findall(r"^\| (\d+) \|", pages()["reference/README.md"], re.MULTILINE)}
    ends = {refused.code for command in COMMANDS.values() for refused in refusals(command)}
    assert known >= ends | {kind.code for kind in (*COMMON, *CHANGING)}
    assert 12 in known


def test_groups_stand_in_the_order_of_the_alphabet() -> None:
    groups = re.findall(r"^### \[(.*?)\]", pages()["reference/README.md"], re.MULTILINE)
    assert groups == sorted(groups)


def test_nothing_that_is_meant_for_developers_stands_in_the_reference() -> None:
    for text in pages().values():
        assert not re.search(r"(?<!`)``(?!`)", text)
