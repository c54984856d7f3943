"""The samples of the reference as its pages print them, and what must be there before each can succeed.

``tests/samples/gallery.txt`` is the node that samples find: calls of root's shell, one a line. The files beside it,
``GROUP.json``, say for a command what else has to be arranged:

- ``before``: calls that come first, each of which succeeds;
- ``take``: values that nobody can know beforehand. The example (the key) is replaced in the sample by what a call
  gives: ``{"call": LINE, "field": KEY}`` for an entry of its JSON (``A.B`` for one in an
  entry), without ``field`` the whole output, with ``totp`` the token of the second factor that it made, with
  ``last`` the last key of its JSON;
- ``refused``: the exit code with which the sample is refused on a recording host, and ``because``, why it must be;
- ``machine``: why the sample is not run on a real machine.
"""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache, reduce
from pathlib import Path

from tholos.edges.samples import TITLES

HERE = Path(__file__).parent
PAGES = HERE.parent / "docs" / "reference"
REST = "rest"
_BLOCK = re.compile(r"^```(\w+)\n(.*?)\n```$", re.MULTILINE | re.DOTALL)
Call = Callable[..., tuple[int, str]]
"""A call of root's shell: the command and its values; gives the exit code and what is printed."""


@dataclass(frozen=True)
class Taken:
    """A value that a call gives."""

    call: str
    field: str = ""
    totp: bool = False
    last: bool = False

    def value(self, text: str) -> str:
        """The value in what the call printed."""
        if self.totp:
            return _token(text)
        if self.last:
            return str(list(json.loads(text))[-1])
        if not self.field:
            return text.strip()
        return str(reduce(lambda found, key: found[key], self.field.split("."), json.loads(text)))


@dataclass(frozen=True)
class Arrangement:
    """What a sample needs."""

    before: list[str] = field(default_factory=list)
    take: Mapping[str, Taken] = field(default_factory=dict)
    refused: int = 0
    because: str = ""
    machine: str = ""

    def prepare(self, call: Call) -> dict[str, str]:
        """Make the calls that come first; give what is to be replaced in the sample by what."""
        for line in self.before:
            succeed(call, line)
        printed = {line: succeed(call, line) for line in {taken.call: None for taken in self.take.values()}}
        return {example: taken.value(printed[taken.call]) for example, taken in self.take.items()}


def succeed(call: Call, line: str) -> str:
    """Make a call that must succeed; give its output."""
    code, text = call(*shlex.split(line))
    assert code == 0, f"{line}: {code} {text}"
    return text


def gallery() -> list[str]:
    """The calls that make what samples find."""
    return (HERE / "samples" / "gallery.txt").read_text(encoding="utf-8").splitlines()


@cache
def arrangements() -> dict[str, Arrangement]:
    """What is arranged for each command that needs it."""
    found: dict[str, Arrangement] = {}
    for file in sorted((HERE / "samples").glob("*.json")):
        for name, told in json.loads(file.read_text(encoding="utf-8")).items():
            taken = {example: Taken(**value) for example, value in told.pop("take", {}).items()}
            found[name] = Arrangement(take=taken, **told)
    return found


def arrangement(name: str) -> Arrangement:
    """What is arranged for a command."""
    return arrangements().get(name, Arrangement())


@cache
def samples() -> dict[str, dict[str, str]]:
    """Every sample of the pages, by command and way: a language, or ``rest``."""
    found: dict[str, dict[str, str]] = {}
    for page in PAGES.glob("*.md"):
        for section in re.split(r"^## (?=v-)", page.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]:
            found[section.split("\n", 1)[0]] = dict(_ways(section))
    return found


def _ways(section: str) -> Iterator[tuple[str, str]]:
    for language, text in _BLOCK.findall(section):
        yield (REST if text.startswith(f"{REST} ") else language), text


@cache
def functions() -> dict[str, str]:
    """The functions that samples stand on, by language; every page has the same."""
    found = {}
    for page in PAGES.glob("*.md"):
        if page.name != "README.md":
            head = re.split(r"^## v-", page.read_text(encoding="utf-8"), maxsplit=1, flags=re.MULTILINE)[0]
            found[page.name] = dict(_BLOCK.findall(head))
    first, *others = found.values()
    assert all(other == first for other in others)
    assert list(first) == list(TITLES)
    return first


def _token(answer: str) -> str:
    """The token of this moment for a second factor whose secret an answer holds."""
    import pyotp

    return pyotp.TOTP(re.findall(r"[A-Z2-7]{16,}", answer)[0]).now()
