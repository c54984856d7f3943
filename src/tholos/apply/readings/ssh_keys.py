"""Reading the file of public keys that an account owns (sshd(8))."""

from __future__ import annotations

from tholos.apply.host import Host
from tholos.apply.machine import reading
from tholos.apply.readings.own_files import content


@reading("authorized keys")
def lines(host: Host, account: str, uid: str) -> tuple[str, ...]:
    """The lines of an account's file."""
    found = content(host, f"/home/{account}/.ssh/authorized_keys", int(uid))
    return tuple(found.decode(errors="replace").splitlines())
