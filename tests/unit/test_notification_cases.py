"""The cases of the group notification."""

from __future__ import annotations

import pytest
from tests.conftest import Case, cases, check_case


@pytest.mark.parametrize("case", cases("notification"), ids=lambda case: case["call"])
def test_notification_case(case: Case, request: pytest.FixtureRequest) -> None:
    check_case(case, request)
