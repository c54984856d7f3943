"""Main configuration files of nginx and PHP that an administrator replaces; nginx checks its own before it reads it."""

from __future__ import annotations

from collections.abc import Iterator

from tholos.apply.driver import Driver
from tholos.apply.host import Host
from tholos.apply.readings.configs import NGINX, php_ini
from tholos.apply.steps import Restart, Step, Write
from tholos.apply.units import UNITS
from tholos.drivers.nginx.site import CHECK, RELOAD
from tholos.kernel.want import Key
from tholos.resources.system.service_want import ServiceConfigWant


def plan(key: Key, want: ServiceConfigWant | None, host: Host) -> Iterator[Step]:
    """The file, and what has the service take it up."""
    if want is None:
        return
    if want.service == "nginx":
        yield Write(NGINX, want.content.encode())
        yield CHECK
        yield RELOAD
    else:
        yield Write(php_ini(host), want.content.encode())
        yield Restart(UNITS["php8.2-fpm"], "try-reload-or-restart")


DRIVER = Driver("service_configs", "service_config", 80, plan)
