"""Every command has a case in which it does what it is for, and one in which it refuses and leaves all as it was."""

from __future__ import annotations

import json
import shlex
from pathlib import Path

from tests.every import every

from tholos.kernel.command import COMMANDS, load

load()
FILES = sorted((Path(__file__).parent.parent / "cases").glob("*/*.json"))
ELSEWHERE = {
    "v-cancel-job": "test_jobs_runner.py: what cases start has ended before they could call it off",
    "v-check-user-2fa": "test_user_second_factor.py: a code is right for half a minute",
    "v-check-user-hash": "test_user_passwords.py: the hash is made with the salt of the account",
}
"""Commands whose success no line of data can say, and the test that has it."""
CANNOT_REFUSE = {name for name, command in COMMANDS.items() if not command.parameters} | {
    # Upstream's takes any word for an account, and lists nothing for what is none.
    "v-list-access-keys",
}
"""Whatever these are given, there is nothing that could be wrong with it."""


def _codes() -> dict[str, set[bool]]:
    found: dict[str, set[bool]] = {}
    for case in (case for file in FILES for case in json.loads(file.read_text(encoding="utf-8"))):
        found.setdefault(shlex.split(case["call"])[0], set()).add(case.get("code", 0) == 0)
    return found


CODES = _codes()


@every({name: name for name in COMMANDS})
def test_a_command_has_cases_of_both_kinds(name: str) -> None:
    found = CODES.get(name, set())
    assert True in found or name in ELSEWHERE, f"tests/cases has no success of {name}"
    assert False in found or name in CANNOT_REFUSE, f"tests/cases has no refusal of {name}"


@every({name: name for name in ELSEWHERE})
def test_what_is_excused_is_tested_elsewhere(name: str) -> None:
    test = Path(__file__).parent / ELSEWHERE[name].partition(":")[0]
    assert name in test.read_text(encoding="utf-8")


def test_every_case_is_of_a_command() -> None:
    assert set(CODES) <= set(COMMANDS)
