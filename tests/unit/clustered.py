"""A node that copies its zones to a server of the reference, and what is said of that."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.conftest import ADDRESS, call, copied
from tests.unit.upstream_slave import KEY, Slave, serving
from tests.waiting import until

from tholos.bootstrap import Engine
from tholos.jobs import api

HOST = "127.0.0.1"


@dataclass(frozen=True)
class Pair:
    """The node, and the server that its zones are copied to."""

    master: Engine
    slave: Slave

    def run(self, command: str, *values: str) -> tuple[int, str]:
        """Call a command of the node."""
        return call(self.master, command, *values)

    def must(self, command: str, *values: str) -> str:
        """Call a command of the node that succeeds; give what it prints."""
        code, text = self.run(command, *values)
        assert code == 0, (command, values, code, text)
        return text

    def join(self) -> None:
        """Have the server be copied to."""
        self.must("v-add-remote-dns-host", HOST, str(self.slave.port), KEY)

    def add_zone(self, name: str, account: str = "alice") -> None:
        """Add a zone."""
        self.must("v-add-dns-domain", account, name, ADDRESS)

    def shown(self) -> dict[str, str]:
        """What is said of the server."""
        return dict(json.loads(self.must("v-list-remote-dns-hosts", "json"))[HOST])

    def settle(self, state: str = "in step") -> dict[str, str]:
        """Wait until the server is said to be so; give what is said of it."""
        return until(self.shown, right=lambda shown: shown["STATE"] == state)


@contextmanager
def paired(peopled: Path, directory: Path) -> Iterator[Pair]:
    """A node that really speaks to a server of the reference, which is not yet copied to."""
    with serving(directory) as slave, copied(peopled) as engine:
        engine.cluster._connect = lambda kind, address: api.ApiSlave(address)
        pair = Pair(engine, slave)
        pair.must("v-change-sys-config-value", "DNS_SYSTEM", "bind9")
        yield pair
        assert slave.wrong == []
