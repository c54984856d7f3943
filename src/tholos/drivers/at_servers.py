"""Drivers of what is on database servers: what cannot be planned because its server is out of service is put off."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from tholos.apply.driver import Driver
from tholos.apply.host import Host
from tholos.apply.steps import Postpone, Step
from tholos.kernel.errors import NoConnection
from tholos.kernel.touched import Key


def at_servers(name: str, scope: str, order: int, plan: Callable[[Key, Any, Host], Iterator[Step]]) -> Driver:
    """A driver for a scope whose keys begin with a server's engine and host."""

    def patient(key: Key, want: Any, host: Host) -> Iterator[Step]:
        try:
            steps = [*plan(key, want, host)]
        except NoConnection:
            server = "/".join(key[:2])
            if not host.servers.is_out_of_service(server):
                raise
            steps = [Postpone(server, scope, key)]
        yield from steps

    return Driver(name, scope, order, patient)
