"""The cases of the group cron."""

from __future__ import annotations

import pytest
from tests.conftest import Case, cases, check_case


@pytest.mark.parametrize("case", cases("cron"), ids=lambda case: case["call"][:80])
def test_cron_case(case: Case, request: pytest.FixtureRequest) -> None:
    check_case(case, request)
