"""What the reference printed, and how it refused (``tests/golden``): for every command that there is, all of it.

Three tests replay it, each on a node of its own. Every case is in the hands of one of them, whatever it is about, and
that test either compares it or says why it does not.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

_DIRECTORY = Path(__file__).parent / "golden"
_FOUND = {"v-list-user-notifications", "v-list-user-ssh-key", "v-search-object", "v-search-user-object"}


class Golden(NamedTuple):
    """A call, and what the reference answered.

    ``format`` is what the answer is printed in; a refusal has none. Of some answers no ``text`` is kept: they tell
    about the reference's own machine or are its own prose.
    """

    command: str
    values: tuple[str, ...]
    code: int
    text: str | None
    format: str = ""

    @property
    def line(self) -> str:
        """The call as one would type it, but for the quotes."""
        return " ".join((self.command, *self.values))


def in_zones(case: Golden) -> bool:
    """Tell whether a case is replayed on the node with zones (test_dns_goldens.py)."""
    return "dns" in case.command


def in_found(case: Golden) -> bool:
    """Tell whether a case is replayed on the node where something can be found (test_search_found.py)."""
    return case.command in _FOUND


def elsewhere(case: Golden) -> bool:
    """Tell whether a case is replayed on the node that has everything (test_user_goldens.py)."""
    return not in_zones(case) and not in_found(case)


def outputs(mine: Callable[[Golden], bool]) -> list[Golden]:
    """The answers that a test replays."""
    return _chosen("outputs.json", mine)


def refusals(mine: Callable[[Golden], bool]) -> list[Golden]:
    """The refusals that a test replays; a few calls among them succeeded."""
    return _chosen("refusals.json", mine)


def later() -> list[str]:
    """Commands of which there are goldens that nobody could replay yet, because the commands were not there."""
    found: list[str] = _read("later.json")
    return found


def reason(case: Golden, excused: Mapping[str, str]) -> str | None:
    """Why a case is not compared: by its whole line, or by its command; None when it is."""
    return next((excused[name] for name in _names(case) if name in excused), None)


def stale(mine: Callable[[Golden], bool], *excused: Mapping[str, str]) -> set[str]:
    """What is excused and is no case of a test."""
    named = {name for case in (*outputs(mine), *refusals(mine)) for name in _names(case)}
    return {name for each in excused for name in each} - named


def _names(case: Golden) -> tuple[str, ...]:
    return case.line, f"{case.command} {case.format}", case.command


def _chosen(file: str, mine: Callable[[Golden], bool]) -> list[Golden]:
    cases = [Golden(**{**case, "values": tuple(case["values"])}) for case in _read(file)]
    return [case for case in cases if mine(case)]


def _read(file: str) -> Any:
    return json.loads((_DIRECTORY / file).read_text(encoding="utf-8"))
