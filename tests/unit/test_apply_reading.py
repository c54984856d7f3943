"""Reading a file that an account may change at any moment: never more of it than is needed."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tholos.apply import files, paths
from tholos.apply.files import Tree
from tholos.apply.host import Host
from tholos.apply.steps import Write
from tholos.edges.rest import plan

HUGE = 1 << 40


@pytest.fixture
def tree(tmp_path: Path) -> Iterator[Tree]:
    """A directory as the root of a machine."""
    descriptor = os.open(tmp_path, os.O_RDONLY | os.O_DIRECTORY)
    yield Tree(descriptor, owners=False)
    os.close(descriptor)


def _grow(path: Path) -> None:
    os.truncate(path, HUGE)


def test_so_much_of_a_file_is_read(tree: Tree, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"content")
    _grow(tmp_path / "file")
    found = paths.read(tree.root, "/file", most=8)
    assert found is not None
    assert (found[0], found[1].st_size) == (b"content\0", HUGE)


def test_a_file_that_grows_while_it_is_compared(tree: Tree, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    step = Write("/file", b"content", 0o600, 0, 0)
    files.write(tree, step, "batch")
    assert files.is_written(tree, step)
    before = paths.status(tree.root, "/file")
    _grow(tmp_path / "file")
    monkeypatch.setattr(paths, "status", lambda *_: before)
    assert not files.is_written(tree, step)


def test_a_plan_does_not_show_a_file_that_is_too_large(tmp_path: Path) -> None:
    host = Host(tmp_path / "host", rehearse=True)
    (tmp_path / "host/home").mkdir(parents=True)
    path = tmp_path / "host/home/file"
    path.write_bytes(b"x")
    _grow(path)
    step = Write("/home/file", b"new\n", 0o644, 0, 0)
    shown = plan.of_file(step, host, whole=True)
    assert shown.diff == f"--- /home/file\n+++ /home/file\n{plan.TOO_LARGE}\n"
