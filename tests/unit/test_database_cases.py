"""The cases of the group database."""

from __future__ import annotations

import pytest
from tests.conftest import Case, cases, check_case


@pytest.mark.parametrize("case", cases("database"), ids=lambda case: case["call"])
def test_database_case(case: Case, request: pytest.FixtureRequest) -> None:
    check_case(case, request)
