"""The cases of the group dns, on a node where alice.test is a zone too."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.conftest import Case, cases, check_case, copied, prepared

from tholos.bootstrap import Engine


@pytest.fixture(scope="module")
def zoned(peopled: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The directory of a node whose account alice has the zone alice.test."""
    calls = [("v-add-dns-domain", "alice", "alice.test", "198.18.0.1")]
    return prepared(peopled, tmp_path_factory.mktemp("zoned") / "node", calls)


@pytest.fixture
def town(zoned: Path) -> Iterator[Engine]:
    """A started engine of that node."""
    with copied(zoned) as engine:
        yield engine


@pytest.fixture(scope="module")
def quiet_town(zoned: Path) -> Iterator[Engine]:
    """As ``town``, for calls that change nothing: one for all of them."""
    with copied(zoned) as engine:
        yield engine


@pytest.mark.parametrize("case", cases("dns"), ids=lambda case: case["call"])
def test_dns_case(case: Case, request: pytest.FixtureRequest) -> None:
    check_case(case, request)


@pytest.mark.thorough
@pytest.mark.parametrize("case", cases("dns_more"), ids=lambda case: case["call"])
def test_another_dns_case(case: Case, request: pytest.FixtureRequest) -> None:
    check_case(case, request)
