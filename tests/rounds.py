"""Rounds of the writer in tests: calls that certainly share one commit."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
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


@contextmanager
def held(engine: Engine) -> Iterator[None]:
    """Keep the writer busy for the length of the block, so that what is submitted in it makes one round."""
    submitted, taken = threading.Event(), threading.Event()

    def busy(_tx: Tx) -> None:
        taken.set()
        submitted.wait(timeout=60)

    engine.writer.submit(Work(busy, engine.dispatcher.context(ROOT, "127.0.0.1")))
    assert taken.wait(timeout=60)
    try:
        yield
    finally:
        submitted.set()


def together(engine: Engine, calls: Sequence[Sequence[str]]) -> list[tuple[int, str]]:
    """Have the writer take calls in one round; give each one's exit code and message."""
    with held(engine):
        futures = [engine.writer.submit(work(engine, *values)) for values in calls]
    return [_answer(future) for future in futures]


def _answer(future: Future[Any]) -> tuple[int, str]:
    try:
        future.result(timeout=60)
    except Refusal as refusal:
        return refusal.code, refusal.text
    return 0, ""
