"""A search of files ends: at as many as are shown, after its time, and never too many side by side."""

from __future__ import annotations

from itertools import count
from pathlib import Path

import pytest
from tests.conftest import call

from tholos.apply.readings import tree
from tholos.bootstrap import Engine

MANY = 300


@pytest.fixture
def crowded(town: Engine) -> Path:
    """A directory with very many files, all in one."""
    directory = town.applier.host.root / "home/alice/tmp/crowd"
    directory.mkdir()
    for number in range(MANY):
        (directory / f"file{number}").touch()
    return directory


def found(town: Engine) -> list[str]:
    code, text = call(town, "v-search-fs-object", "alice", "file*")
    assert code == 0, text
    return text.splitlines()


def test_no_more_is_looked_at_than_is_shown(town: Engine, crowded: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[str] = []
    entry = tree._entry

    def noted(*arguments: object) -> tree.Entry:
        looked.append(str(arguments[-1]))
        return entry(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(tree, "_entry", noted)
    monkeypatch.setattr(tree, "MOST", 10)
    assert (len(found(town)), len(looked)) == (10, 10)


def test_the_time_is_over_inside_of_a_directory_too(
    town: Engine, crowded: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = count()
    monkeypatch.setattr(tree, "_now", lambda: float(next(clock)))
    monkeypatch.setattr(tree, "PATIENCE", 100.0)
    assert len(found(town)) <= 100


def test_a_deep_tree_keeps_few_directories_open(town: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tree, "DEEPEST", 5)
    place = town.applier.host.root / "home/alice/tmp"
    for _ in range(10):
        place = place / "d"
        place.mkdir()
        (place / "file").touch()
    # The home itself and its tmp are the first two.
    assert [line.rpartition("|")[2].count("/d") for line in found(town)] == [3, 2, 1]


def test_searches_side_by_side_are_few(town: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tree, "WAIT", 0.0)
    held = 0
    try:
        while tree._AT_ONCE.acquire(blocking=False):
            held += 1
        code, text = call(town, "v-search-fs-object", "alice", "*")
        assert (code, "try again" in text) == (20, True)
    finally:
        for _ in range(held):
            tree._AT_ONCE.release()
    assert call(town, "v-search-fs-object", "alice", "*")[0] == 0
