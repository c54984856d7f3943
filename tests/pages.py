"""The pages of docs/ that people write: what they tell readers to type, for tests that do it."""

from __future__ import annotations

import re
import shlex
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

DOCS = Path(__file__).parent.parent / "docs"
_FILE = re.compile(r"cat > (?P<path>/\S+) <<'END'\n(?P<content>.*?)^END$", re.DOTALL | re.MULTILINE)


class Put(NamedTuple):
    """A file that a page has written."""

    path: str
    content: str


def section(page: str, title: str) -> str:
    """The text below a title of a page, up to the next title of the same rank."""
    text = (DOCS / page).read_text(encoding="utf-8")
    found = re.search(rf"^## {re.escape(title)}\n(.*?)(?=^## |\Z)", text, re.DOTALL | re.MULTILINE)
    assert found is not None, f"{page} has no section {title}"
    return found[1]


def scripts(text: str) -> list[str]:
    """The blocks of a text that are for a shell, also those in a list."""
    blocks = re.findall(r"^( *)```sh\n(.*?)^\1```$", text, re.DOTALL | re.MULTILINE)
    return [textwrap.dedent(block) for _, block in blocks]


def steps(script: str) -> Iterator[Put | list[str]]:
    """What a script of a page does, one after another: files that it puts down, and calls."""
    while script:
        found = _FILE.match(script)
        if found is not None:
            yield Put(found["path"], found["content"])
            script = script[found.end() :].lstrip("\n")
            continue
        line, _, script = script.partition("\n")
        if words := shlex.split(line, comments=True):
            yield words
