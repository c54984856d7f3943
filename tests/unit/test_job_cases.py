"""The cases of the group job."""

from __future__ import annotations

import pytest
from tests.conftest import Case, cases, check_case


@pytest.mark.parametrize("case", cases("job"), ids=lambda case: case["call"])
def test_case(case: Case, request: pytest.FixtureRequest) -> None:
    check_case(case, request)
