"""The cases of the group database; those that begin a job wait for its end, and are thorough ones."""

from __future__ import annotations

import pytest
from tests.conftest import Case, cases, check_case

JOBS = ("v-change-database-owner", "v-dump-database", "v-import-database")
CASES = [
    pytest.param(case, marks=[pytest.mark.thorough] if case["call"].startswith(JOBS) else [], id=case["call"])
    for case in cases("database")
]


@pytest.mark.parametrize("case", CASES)
def test_database_case(case: Case, request: pytest.FixtureRequest) -> None:
    check_case(case, request)
