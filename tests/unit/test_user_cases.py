"""The cases of the group user."""

from __future__ import annotations

import pytest
from tests.conftest import Case, cases, check_case


@pytest.mark.parametrize("case", cases("user"), ids=lambda case: case["call"])
def test_user_case(case: Case, request: pytest.FixtureRequest) -> None:
    check_case(case, request)
