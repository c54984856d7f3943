"""The default server of an address: what a name that nobody serves here is answered."""

from __future__ import annotations

from collections.abc import Iterator

from tholos.apply.driver import Driver
from tholos.apply.host import Host
from tholos.apply.steps import Remove, Step, Write
from tholos.drivers.encoders import nginx
from tholos.drivers.nginx.site import CHECK, RELOAD
from tholos.drivers.templates import render
from tholos.kernel.touched import Key
from tholos.resources.ip.want import AddressWant


def plan(key: Key, want: AddressWant | None, host: Host) -> Iterator[Step]:
    """One file per address."""
    path = f"/etc/nginx/conf.d/{key[0]}.conf"
    if want is None:
        yield Remove(path)
    else:
        yield Write(path, render("nginx", "address.conf.j2", nginx, ip=want.ip))
    yield CHECK
    yield RELOAD


DRIVER = Driver("nginx_address", "address", 30, plan)
