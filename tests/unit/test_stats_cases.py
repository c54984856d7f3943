"""The cases of the group stats."""

from __future__ import annotations

import pytest
from tests.conftest import Case, cases, check_case


@pytest.mark.parametrize("case", cases("stats"), ids=lambda case: case["call"][:80])
def test_stats_case(case: Case, request: pytest.FixtureRequest) -> None:
    check_case(case, request)
