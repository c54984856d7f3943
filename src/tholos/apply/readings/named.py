"""Readings of the name server: whom it runs as, and the public keys of zones that it signs."""

from __future__ import annotations

import grp
import pwd
from contextlib import suppress

from tholos.apply.host import Host


def server_ids(host: Host) -> tuple[int, int]:
    """The user and the group that named runs as, which Debian makes with its package; 0 on a recording host."""
    if not host.rehearse:
        with suppress(KeyError):
            return pwd.getpwnam("bind").pw_uid, grp.getgrnam("bind").gr_gid
    return 0, 0
