"""Choosing how a server is spoken to."""

from __future__ import annotations

from tholos.apply.host import Host
from tholos.jobs.member import Connect
from tholos.jobs.rehearsal import RecordedSlave
from tholos.jobs.slave import Address, Slave

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
