"""The name of the machine (hostname(5), hosts(5))."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tholos.apply.driver import Driver
from tholos.apply.host import Host
from tholos.apply.readings.facts import facts
from tholos.apply.steps import Run, Step, Write
from tholos.drivers.encoders import nginx as plain_word
from tholos.kernel.touched import Key
from tholos.resources.system.node_want import HostnameWant

_OWN = re.compile(rb"^127\.0\.1\.1[ \t].*$", re.MULTILINE)
"""The line of the machine's own name, where Debian has it."""


def plan(key: Key, want: HostnameWant | None, host: Host) -> Iterator[Step]:
    """The name at the next boot, the name now, and that it can be looked up."""
    if want is None:
        return
    name = plain_word(want.name)
    yield Write("/etc/hostname", f"{name}\n".encode())
    yield Write("/etc/hosts", with_name(host.read("/etc/hosts") or b"127.0.0.1 localhost\n", name))
    before = facts(host).hostname
    if before != name:
        yield Run(("hostname", name), undo=("hostname", before))


def with_name(hosts: bytes, name: str) -> bytes:
    """The hosts with a line for the machine's own name, in place of the one that there is."""
    short = name.partition(".")[0]
    line = f"127.0.1.1 {name}{f' {short}' if short != name else ''}".encode()
    if _OWN.search(hosts):
        return _OWN.sub(lambda _found: line, hosts, count=1)
    return hosts.rstrip(b"\n") + b"\n" + line + b"\n"


DRIVER = Driver("node", "hostname", 20, plan)
