"""The cases of the groups access-key and api."""

from __future__ import annotations

import pytest
from tests.conftest import Case, cases, check_case


@pytest.mark.parametrize("case", cases("access"), ids=lambda case: case["call"])
def test_access_case(case: Case, request: pytest.FixtureRequest) -> None:
    check_case(case, request)
