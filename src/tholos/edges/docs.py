"""The reference, written from the declarations: a page per group of commands, and what is compatible.

``python -m tholos.edges.docs docs`` writes ``docs/reference/*.md`` and ``docs/compatibility.md``. What cannot be
derived stands in data files beside this one: ``reference.json`` names every command of the reference by group,
``own.json`` those that it has not, ``deviations.json`` says where and why Tholos differs.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import msgspec

from tholos.edges.page import cell, group_page
from tholos.edges.rest.absent import ABSENT
from tholos.kernel import errors
from tholos.kernel.command import COMMANDS, load

HERE = Path(__file__).parent
_WRITTEN = "<!-- Written by ./tholos docs from the declarations; changes here are lost. -->\n"


class Deviations(msgspec.Struct, frozen=True):
    """Where Tholos differs: notes by title, notes by command, and reasons by command and aspect of its declaration."""

    notes: dict[str, str]
    contract: dict[str, str]
    commands: dict[str, str] = {}

    def of(self, name: str) -> str:
        """What is to be said about a command."""
        reasons = [reason for key, reason in self.contract.items() if key.split()[0] == name]
        return " ".join(dict.fromkeys([*reasons, *([self.commands[name]] if name in self.commands else [])]))


@cache
def deviations() -> Deviations:
    """The hand-written part."""
    return msgspec.json.decode((HERE / "deviations.json").read_bytes(), type=Deviations)


@cache
def reference() -> dict[str, list[str]]:
    """The names of every command of the reference, by group."""
    return msgspec.json.decode((HERE / "reference.json").read_bytes(), type=dict[str, list[str]])


@cache
def own() -> dict[str, list[str]]:
    """The names of the commands that the reference has not, by group."""
    return msgspec.json.decode((HERE / "own.json").read_bytes(), type=dict[str, list[str]])


def pages() -> dict[str, str]:
    """The text of every page by its path below ``docs``."""
    load()
    groups = {
        group: [name for name in (*names, *own().get(group, ())) if name in COMMANDS]
        for group, names in sorted({**{group: [] for group in own()}, **reference()}.items())
    }
    there = {group: names for group, names in groups.items() if names}
    note = deviations().of
    written = {
        f"reference/{_file(group)}": f"{_WRITTEN}\n{group_page(group, [COMMANDS[name] for name in names], note)}"
        for group, names in there.items()
    }
    return {
        **written,
        "reference/README.md": _index(there),
        "compatibility.md": "".join(f"{block}\n" for block in _compatibility()),
    }


def _file(group: str) -> str:
    return f"{group.replace('/', '-')}.md"


_ABOUT = """A page for each group of commands. Of each command it has the arguments and what they take, who may call it,
its route in the [REST API](../rest.md), every error with its exit code, and samples in four languages.
Tests run the samples as they stand. Where Tholos differs from HestiaCP is told in
[compatibility](../compatibility.md).
"""


_NO_ROUTE = """The [REST API](../rest.md) has a route for every command but these.
"""


def _index(groups: dict[str, list[str]]) -> str:
    lines = [_WRITTEN, "# Reference\n", _ABOUT, "## Commands\n"]
    for group, names in groups.items():
        lines += [f"### [{group}]({_file(group)})\n"]
        lines += [f"- [`{name}`]({_file(group)}#{name}): {COMMANDS[name].summary}" for name in names]
        lines += [""]
    lines += ["## Commands without a route\n", _NO_ROUTE, "| command | why |", "| --- | --- |"]
    lines += [f"| `{name}` | {cell(ABSENT[name])} |" for name in sorted(ABSENT)]
    lines += ["", "## Exit codes\n", "| code | meaning |", "| --- | --- |", "| 0 | The call was carried out. |"]
    lines += [f"| {code} | {cell(meaning)} |" for code, meaning in _codes()]
    return "\n".join(lines) + "\n"


def _codes() -> list[tuple[int, str]]:
    """Every exit code with its meaning."""
    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, errors.Refusal)]
    return sorted({kind.code: kind.meaning for kind in kinds}.items())


def _compatibility() -> Iterator[str]:
    names = [name for group in reference().values() for name in group]
    count = sum(name in COMMANDS for name in names)
    yield _WRITTEN
    yield "# Compatibility\n"
    yield f"Of the {len(names)} commands of HestiaCP 1.10, {count} are there. The others exit and answer as an unknown"
    yield "command does. Where a command that is there differs, this page says so.\n"
    yield "## What differs on purpose\n"
    for title, text in deviations().notes.items():
        yield f"- **{title}.** {text}"
    yield "\n## Commands that upstream has not\n"
    for name in sorted(name for names in own().values() for name in names):
        yield f"- `{name}`: {COMMANDS[name].summary}"
    yield "\n## Command by command\n"
    for group, listed in reference().items():
        yield f"### {group}: {sum(name in COMMANDS for name in listed)} of {len(listed)}\n"
        yield "| command | | |\n| --- | --- | --- |"
        for name in listed:
            yield f"| `{name}` | {'there' if name in COMMANDS else 'not yet'} | {cell(deviations().of(name))} |"
        yield ""


def write(directory: Path) -> None:
    """Write every page below a directory, and remove pages of groups that are no more."""
    written = pages()
    (directory / "reference").mkdir(parents=True, exist_ok=True)
    for old in (directory / "reference").glob("*.md"):
        if f"reference/{old.name}" not in written:
            old.unlink()
    for path, text in written.items():
        (directory / path).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    write(Path(sys.argv[1]))
