"""Main configuration files that an administrator replaces; services check their own before they read them."""

from __future__ import annotations

from collections.abc import Iterator

from tholos.apply.driver import Driver
from tholos.apply.host import Host
from tholos.apply.readings.configs import MARIADB, NGINX, POSTGRESQL, php_ini, postgresql_version
from tholos.apply.steps import Check, Restart, Step, Write
from tholos.apply.units import UNITS
from tholos.drivers.nginx.site import CHECK, RELOAD
from tholos.kernel.touched import Key
from tholos.resources.system.service_want import ServiceConfigWant


def plan(key: Key, want: ServiceConfigWant | None, host: Host) -> Iterator[Step]:
    """The file, and what has the service take it up."""
    if want is None:
        return
    if want.service == "nginx":
        yield Write(NGINX, want.content.encode())
        yield CHECK
        yield RELOAD
    elif want.service == "mariadb":
        yield Write(MARIADB, want.content.encode())
        # It reads all of its files, and says what it does not understand.
        yield Check(("mariadbd", "--verbose", "--help"), "[ERROR]")
        yield Restart(UNITS["mariadb"], "try-restart")
    elif want.service == "postgresql":
        yield from _postgresql(want.content, postgresql_version(host))
    else:
        yield Write(php_ini(host), want.content.encode())
        yield Restart(UNITS["php8.2-fpm"], "try-reload-or-restart")


def _postgresql(content: str, version: str) -> Iterator[Step]:
    cluster = f"{POSTGRESQL}/{version}/main"
    yield Write(f"{cluster}/postgresql.conf", content.encode())
    server = f"/usr/lib/postgresql/{version}/bin/postgres"
    # It refuses to run as root even for this: to print one setting after having read all files.
    yield Check(("runuser", "-u", "postgres", "--", server, "-D", cluster, "-C", "config_file"))
    yield Restart(f"postgresql@{version}-main.service", "try-restart")


DRIVER = Driver("service_configs", "service_config", 80, plan)
