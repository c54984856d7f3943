"""The cases of the group log."""

from __future__ import annotations

import pytest
from tests.conftest import Case, cases, check_case


@pytest.mark.parametrize("case", cases("log"), ids=lambda case: case["call"])
def test_log_case(case: Case, request: pytest.FixtureRequest) -> None:
    check_case(case, request)
