"""Choosing how a server is spoken to."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from tholos.apply.host import Host
from tholos.jobs.member import Connect
from tholos.jobs.rehearsal import RecordedSlave
from tholos.jobs.slave import Address, Slave
from tholos.jobs.transfers import Serials, nobody

CALLS = "dns-calls.log"
"""Where a rehearsal writes down what it would send, below its directory."""


def connect_from(host: Host) -> Connect:
    """How this machine speaks to servers; a rehearsal speaks to none.

    The libraries are loaded with the first server: most nodes have none.
    """

    def connect(kind: str, address: Address) -> Slave:
        if host.rehearse:
            return RecordedSlave(address, host.root / CALLS)
        if kind == "ssh":
            from tholos.jobs.ssh import SshSlave

            return SshSlave(address)
        from tholos.jobs.api import ApiSlave

        return ApiSlave(address)

    return connect


def serials_from(host: Host) -> Serials:
    """How name servers are asked for serials; a rehearsal asks none."""
    if host.rehearse:
        return nobody

    def ask(name: str, zones: Collection[str]) -> Mapping[str, int | None]:
        from tholos.jobs.serials import serials

        return serials(name, zones)

    return ask
