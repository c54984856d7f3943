"""The cases of the group job; those that begin a job wait for its end, and are thorough ones."""

from __future__ import annotations

import pytest
from tests.conftest import Case, cases, check_case

CASES = [
    pytest.param(case, marks=[pytest.mark.thorough] if case.get("before") else [], id=case["call"])
    for case in cases("job")
]


@pytest.mark.parametrize("case", CASES)
def test_case(case: Case, request: pytest.FixtureRequest) -> None:
    check_case(case, request)
