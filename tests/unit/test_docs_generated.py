"""The generated reference is what the declarations say now."""

from __future__ import annotations

from pathlib import Path

import pytest

from tholos.edges import docs
from tholos.kernel.command import COMMANDS

DOCS = Path(__file__).parent.parent.parent / "docs"
PAGES = docs.pages()


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
