"""The generated reference is what the declarations say now."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tholos.edges import docs
from tholos.edges.refusals import CHANGING, COMMON, refusals
from tholos.kernel.command import COMMANDS, load

load()
DOCS = Path(__file__).parent.parent.parent / "docs"
PAGES = docs.pages()
INDEX = PAGES["reference/README.md"]


@pytest.mark.parametrize("path", sorted(PAGES))
def test_a_page_is_up_to_date(path: str) -> None:
    assert (DOCS / path).read_text(encoding="utf-8") == PAGES[path], "run ./tholos docs"


def test_no_page_is_left_of_a_group_that_is_no_more() -> None:
    there = {f"reference/{file.name}" for file in (DOCS / "reference").glob("*.md")}
    assert there == {path for path in PAGES if path.startswith("reference/")}


def test_every_command_has_its_place_in_both() -> None:
    reference = "".join(text for path, text in PAGES.items() if path != "compatibility.md")
    for name in COMMANDS:
        assert f"## {name}\n" in reference
        assert f"| `{name}` | there |" in PAGES["compatibility.md"] or f"- `{name}`: " in PAGES["compatibility.md"]


def test_writing_removes_what_is_stale(tmp_path: Path) -> None:
    (tmp_path / "reference").mkdir()
    (tmp_path / "reference" / "gone.md").write_text("old")
    docs.write(tmp_path)
    assert {str(file.relative_to(tmp_path)) for file in tmp_path.rglob("*.md")} == set(PAGES)


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_the_line_of_a_command_has_the_words_of_its_table(name: str) -> None:
    written = next(text for text in PAGES.values() if f"## {name}\n" in text).partition(f"## {name}\n")[2]
    section = written.partition("\n## ")[0]
    line = next(line for line in section.splitlines() if line.startswith(f"    {name}")).split()
    table = re.findall(r"^\| ([A-Z][A-Z_0-9]*) \| ([^|]*) \|", section, re.MULTILINE)
    assert line == [name, *(word if needed == "required" else f"[{word}]" for word, needed in table)]


def test_the_table_of_exit_codes_has_every_code_that_a_command_may_end_with() -> None:
    known = {int(code) for code in re.findall(r"^\| (\d+) \|", INDEX, re.MULTILINE)}
    ends = {refused.code for command in COMMANDS.values() for refused in refusals(command)}
    assert known >= ends | {kind.code for kind in (*COMMON, *CHANGING)}
    assert 12 in known


def test_groups_stand_in_the_order_of_the_alphabet() -> None:
    groups = re.findall(r"^### \[(.*?)\]", INDEX, re.MULTILINE)
    assert groups == sorted(groups)


def test_nothing_that_is_meant_for_developers_stands_in_the_reference() -> None:
    for text in PAGES.values():
        assert not re.search(r"(?<!`)``(?!`)", text)
