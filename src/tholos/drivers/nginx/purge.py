"""Emptying the cache of a site: its files go, and nginx fetches anew what it does not find. No reload is needed."""

from __future__ import annotations

from collections.abc import Iterator

from tholos.apply.driver import Driver
from tholos.apply.host import Host
from tholos.apply.steps import Discard, Step
from tholos.drivers.nginx.places import cache
from tholos.kernel.touched import Key
from tholos.resources.web.cache import PURGE, CacheWant

_LEVEL = "0123456789abcdef"
"""The directories of the first level of a cache, which ``levels=1:2`` makes (fastcgi_cache_path)."""


def plan(_key: Key, want: CacheWant | None, _host: Host) -> Iterator[Step]:
    """Each directory of the first level goes; nginx makes it again when it needs it."""
    if want is not None:
        for name in _LEVEL:
            yield Discard(f"{cache(want.domain)}/{name}")


DRIVER = Driver("nginx_purge", PURGE, 45, plan)
