"""Drivers: one per service, turning what is wanted into steps.

A driver module holds ``DRIVER``. Its ``plan`` is given a key, the want (None when the thing must go) and the host to
read from; it yields steps and changes nothing. Lower ``order`` plans first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from tholos.apply.host import Host
from tholos.apply.steps import Step
from tholos.kernel.touched import Key


@dataclass(frozen=True)
class Driver:
    """A service's driver: its name, the scope it serves, its place among the others, and its plan function."""

    name: str
    scope: str
    order: int
    plan: Callable[[Key, Any, Host], Iterator[Step]]
