"""After a reboot everything is planned again, and again after a crash in the middle of that."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from pathlib import Path

import pytest
from tests.conftest import started
from tests.waiting import until

from tholos import bootstrap
from tholos.apply.reconcile import everything, note_boot, rebooted
from tholos.apply.store import Store
from tholos.apply.writer import Writer
from tholos.bootstrap import Engine
from tholos.kernel.touched import Touched
from tholos.kernel.tx import Context


def test_drift_is_repaired_after_a_reboot_and_noted_when_done(town: Engine) -> None:
    directory, page = town.directory.parent, town.applier.host.root / "home/alice/conf/web/alice.test/nginx.conf"
    town.stop()
    page.unlink()
    (town.directory / "boot_id").write_text("another boot\n")
    with started(directory) as engine:
        until(lambda: not rebooted(engine.directory))
        assert page.exists()


def test_what_could_not_be_repaired_is_tried_at_the_next_start(town: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    directory = town.directory.parent
    town.stop()
    (town.directory / "boot_id").write_text("another boot\n")
    asked: list[int] = []

    def failing(*_: object) -> int:
        asked.append(1)
        return len(asked) - 1

    monkeypatch.setattr(bootstrap, "reconcile", failing)
    with started(directory) as engine:
        until(lambda: len(asked) == 2)
        assert rebooted(engine.directory)


def test_an_engine_that_stops_meanwhile_leaves_the_rest_to_the_next_start(
    town: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    directory = town.directory.parent
    town.stop()
    (town.directory / "boot_id").write_text("another boot\n")
    begun, goes_on = threading.Event(), threading.Event()
    planned: list[list[Touched]] = []

    def slow(store: Store, context: Context) -> list[Touched]:
        begun.set()
        assert goes_on.wait(30)
        return everything(store, context)

    def noted(_writer: Writer, _context: Context, touched: Iterable[Touched]) -> int:
        planned.append(list(touched))
        return 0

    monkeypatch.setattr(bootstrap, "everything", slow)
    monkeypatch.setattr(bootstrap, "reconcile", noted)
    with started(directory) as engine:
        assert begun.wait(30)
        monkeypatch.setattr(engine.usage, "stop", goes_on.set)
    # The first look is for what a crash has left.
    assert planned == [[], []]
    assert rebooted(engine.directory)


def test_a_boot_is_noted(tmp_path: Path) -> None:
    assert rebooted(tmp_path)
    note_boot(tmp_path)
    assert not rebooted(tmp_path)
