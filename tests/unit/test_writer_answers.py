"""Whoever waits for the writer is answered, whatever happens to the writer meanwhile."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest
from tests.conftest import Run
from tests.rounds import held, work

from tholos.apply.work import Work
from tholos.apply.writer import Writer
from tholos.bootstrap import ROOT, Engine
from tholos.kernel.errors import Refusal
from tholos.kernel.tx import Tx


def _nothing(engine: Engine) -> Work:
    return Work(lambda _tx: None, engine.dispatcher.context(ROOT, "127.0.0.1"))


def test_a_round_that_waits_for_more_never_waits_for_ever(engine: Engine) -> None:
    """A wait of a few microseconds, often over before it has begun, ends too."""
    one = _nothing(engine)
    writer = Writer(engine.store, engine.applier, ())

    def take() -> None:
        for _ in range(8_000):
            writer._expected, writer._patience = 2, 5e-6
            writer.submit(one)
            assert writer._take() == [one]

    taking = threading.Thread(target=take, daemon=True)
    taking.start()
    taking.join(timeout=120)
    assert not taking.is_alive()


def test_nothing_waits_on_a_simple_queue() -> None:
    """Whether its wait never ends depends on the scheduler (see above), so the source is asked too."""
    sources = (Path(__file__).parents[2] / "src" / "tholos").rglob("*.py")
    assert [path.name for path in sources if "queue.SimpleQueue" in path.read_text(encoding="utf-8")] == []


def test_a_change_beside_a_dry_run_is_made(run: Run, engine: Engine) -> None:
    """The dry run waits for the next round: what came before it is committed, not rolled back with it."""
    assert run("v-add-user", "alice", "Pass12345", "alice@example.org") == (0, "")
    real = work(engine, "v-add-web-domain", "alice", "real.test")
    dry = work(engine, "v-add-web-domain", "alice", "dry.test")
    dry.dry_run = True
    after = work(engine, "v-add-web-domain", "alice", "after.test")
    with held(engine):
        for one in (real, dry, after):
            engine.writer.submit(one)
    assert real.done.result(timeout=60) is None
    assert len(dry.done.result(timeout=60).changes) > 10
    assert after.done.result(timeout=60) is None
    assert [run("v-list-web-domain", "alice", f"{name}.test")[0] for name in ("real", "dry", "after")] == [0, 3, 0]


def test_after_the_end_a_change_is_refused(engine: Engine) -> None:
    engine.writer.stop()
    with pytest.raises(Refusal, match="stopping"):
        engine.writer.submit(_nothing(engine)).result(timeout=60)


@pytest.mark.parametrize("error", [SystemExit(1), OSError("the log is closed")])
def test_an_error_outside_any_change_answers_everybody_and_ends_nothing(
    error: BaseException, run: Run, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_writer: Writer, _together: Any) -> Any:
        raise error

    works = [_nothing(engine) for _ in range(3)]
    with held(engine):
        monkeypatch.setattr(Writer, "carry_out", broken)
        for one in works:
            engine.writer.submit(one)
    for one in works:
        with pytest.raises(type(error)):
            one.done.result(timeout=60)
    monkeypatch.undo()
    assert run("v-add-user", "alice", "Pass12345", "alice@example.org") == (0, "")


def test_a_committed_round_is_a_success_though_its_journal_stays(
    run: Run, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stays(*, durably: bool = False) -> None:
        raise OSError("Input/output error")

    with monkeypatch.context() as patch:
        patch.setattr(engine.applier.journal, "end", stays)
        assert run("v-add-user", "alice", "Pass12345", "alice@example.org") == (0, "")
    assert run("v-add-user", "bob", "Pass12345", "bob@example.org") == (0, "")


def test_a_sudden_end_of_a_change_fails_it_alone(run: Run, engine: Engine) -> None:
    context = engine.dispatcher.context(ROOT, "127.0.0.1")

    def ends(_tx: Tx) -> None:
        raise SystemExit(1)

    works = [work(engine, "v-add-user", "alice", "Pass12345", "alice@example.org"), Work(ends, context)]
    with held(engine):
        for one in works:
            engine.writer.submit(one)
    assert works[0].done.result(timeout=60) is None
    with pytest.raises(SystemExit):
        works[1].done.result(timeout=60)
    assert run("v-list-user", "alice")[0] == 0
