"""The cases of servers that zones are copied to and from."""

from __future__ import annotations

import pytest
from tests.conftest import Case, cases, check_case


@pytest.mark.parametrize("case", cases("peer"), ids=lambda case: case["call"])
def test_peer_case(case: Case, request: pytest.FixtureRequest) -> None:
    check_case(case, request)
