"""The cases of the group package."""

from __future__ import annotations

import pytest
from tests.conftest import Case, cases, check_case


@pytest.mark.parametrize("case", cases("package"), ids=lambda case: case["call"])
def test_package_case(case: Case, request: pytest.FixtureRequest) -> None:
    check_case(case, request)
