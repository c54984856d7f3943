"""What sshd is told in a file of ours beside its own (sshd_config(5), Include): whom it confines to SFTP.

Accounts in the jail are in a group of their own each (see ``unix_accounts.py``), so that sshd need not be told of
every one of them: a reload closes its listening sockets for a moment.
"""

from __future__ import annotations

from collections.abc import Iterator

from tholos.apply.driver import Driver
from tholos.apply.host import Host
from tholos.apply.steps import Check, Remove, Restart, Step, Write
from tholos.apply.units import UNITS
from tholos.drivers.unix_accounts import JAIL_GROUP
from tholos.kernel.touched import Key
from tholos.resources.system.sshd_want import SshdWant

FILE = "/etc/ssh/sshd_config.d/tholos-sftp-jail.conf"
_JAIL = f"""\
# Written by Tholos: accounts in the SFTP jail see their own home alone, and may do nothing but copy files.
Match Group {JAIL_GROUP}*
    ChrootDirectory %h
    ForceCommand internal-sftp
    DisableForwarding yes
    PermitTunnel no
    PermitTTY no
    PermitUserRC no
"""


def plan(key: Key, want: SshdWant | None, host: Host) -> Iterator[Step]:
    """The file, a check of the whole configuration, and sshd reads it again; sessions go on."""
    yield Write(FILE, _JAIL.encode()) if want is not None else Remove(FILE)
    yield Check(("/usr/sbin/sshd", "-t"))
    yield Restart(UNITS["ssh"], "try-reload-or-restart")


DRIVER = Driver("sshd", "sshd", 40, plan)
