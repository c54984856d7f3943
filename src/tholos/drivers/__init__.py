"""Drivers, one per service; a module with ``DRIVER`` is found by itself."""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache

from tholos.apply.driver import Driver


@cache
def load() -> tuple[Driver, ...]:
    """Every driver below this package, in the order in which they plan."""
    modules = (importlib.import_module(found.name) for found in pkgutil.walk_packages(__path__, f"{__name__}."))
    drivers = [module.DRIVER for module in modules if hasattr(module, "DRIVER")]
    return tuple(sorted(drivers, key=lambda driver: driver.order))
