"""One test for a check that many things have to pass.

A test for each of them would take longer to report than to run.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeVar

T = TypeVar("T")


def every(things: Mapping[str, T]) -> Callable[[Callable[[T], None]], Callable[[], None]]:
    """Make a test of a check; it fails with the name of each of the ``things`` that fails, and why."""

    def testing(check: Callable[[T], None]) -> Callable[[], None]:
        def test() -> None:
            found = {name: _wrong(check, thing) for name, thing in things.items()}
            wrong = [f"{name}: {why}" for name, why in found.items() if why is not None]
            assert not wrong, "\n".join([check.__name__, *wrong])

        assert things
        return test

    return testing


def _wrong(check: Callable[[T], None], thing: T) -> str | None:
    try:
        check(thing)
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return None
