"""The cases of the group remote-dns."""

from __future__ import annotations

import pytest
from tests.conftest import Case, cases, check_case


@pytest.mark.parametrize("case", cases("cluster"), ids=lambda case: case["call"])
def test_cluster_case(case: Case, request: pytest.FixtureRequest) -> None:
    check_case(case, request)
