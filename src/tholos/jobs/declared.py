"""Kinds of jobs: each is one typed function, declared here once and found by what it is asked to do."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable
from functools import cache
from typing import Any, NamedTuple, TypeVar

import msgspec

from tholos.jobs.run import Run
from tholos.kernel.job import Asked

Wanted = TypeVar("Wanted", bound=Asked)
Function = Callable[[Run, Any], str | None]


class Kind(NamedTuple):
    """What a kind of job takes, and the function that does it; that gives the text of its result, if there is one."""

    asked: type[Asked]
    function: Function

    def carry_out(self, run: Run, arguments: str) -> str | None:
        """Do a job of this kind."""
        return self.function(run, msgspec.json.decode(arguments, type=self.asked))


KINDS: dict[str, Kind] = {}


def job(asked: type[Wanted]) -> Callable[[Callable[[Run, Wanted], str | None]], Callable[[Run, Wanted], str | None]]:
    """Declare the decorated function as what does the jobs that are asked for with a class.

    It is made of steps (``Run.step``). After a kill it runs again: a step that had finished gives what it gave, the one
    that was cut off runs once more.
    """

    def register(function: Callable[[Run, Wanted], str | None]) -> Callable[[Run, Wanted], str | None]:
        if asked.kind in KINDS:
            raise ValueError(f"the job {asked.kind} is declared twice")
        KINDS[asked.kind] = Kind(asked, function)
        return function

    return register


@cache
def load() -> None:
    """Import every module of jobs, so that they are declared."""
    root = importlib.import_module("tholos.jobs.kinds")
    for module in pkgutil.walk_packages(root.__path__, prefix=f"{root.__name__}."):
        importlib.import_module(module.name)
