"""Rounds of the writer in tests: calls that certainly share one commit."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from concurrent.futures import Future
from typing import Any

from tholos.apply.work import Work
from tholos.bootstrap import ROOT, Engine
from tholos.kernel.command import COMMANDS
from tholos.kernel.errors import Refusal
from tholos.kernel.tx import Tx


def work(engine: Engine, command: str, *values: str) -> Work:
    """A call as the writer gets it."""
    bound = COMMANDS[command].bind(values)
    context = engine.dispatcher.context(ROOT, "127.0.0.1")
    return Work(lambda tx: COMMANDS[command].function(tx, **bound.arguments), context)


def together(engine: Engine, calls: Sequence[Sequence[str]]) -> list[tuple[int, str]]:
    """Have the writer take calls in one round; give each one's exit code and message.

    The writer is kept busy until all of them wait.
    """
    submitted, taken = threading.Event(), threading.Event()

    def busy(_tx: Tx) -> None:
        taken.set()
        submitted.wait(timeout=10)

    engine.writer.submit(Work(busy, engine.dispatcher.context(ROOT, "127.0.0.1")))
    assert taken.wait(timeout=10)
    futures = [engine.writer.submit(work(engine, *values)) for values in calls]
    submitted.set()
    return [_answer(future) for future in futures]


def _answer(future: Future[Any]) -> tuple[int, str]:
    try:
        future.result(timeout=30)
    except Refusal as refusal:
        return refusal.code, refusal.text
    return 0, ""
