"""The private half of a key for copying files, in the home of its account."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

from tholos.apply.driver import Driver
from tholos.apply.host import Host
from tholos.apply.readings.own_files import require_free
from tholos.apply.steps import Directory, Remove, Step, Write
from tholos.kernel.errors import Forbidden
from tholos.kernel.touched import Key
from tholos.resources.user.model import GUEST_KEY
from tholos.resources.user.ssh_want import SftpKeyWant


def plan(key: Key, want: SftpKeyWant | None, host: Host) -> Iterator[Step]:
    """The file where its content was handed over, and none where no key is wanted; else it is left as it is."""
    if want is None:
        return
    path = f"{want.directory}/{GUEST_KEY}"
    if not want.present:
        yield from _absent(path, host)
    elif want.handed is not None:
        require_free(host, path)
        yield Directory(want.directory, 0o700, want.uid, want.uid, keep=True)
        yield Write(path, want.handed.reveal(), 0o600, want.uid, want.uid)


def _absent(path: str, host: Host) -> Iterator[Step]:
    """The file goes; what the account has put in its place is none of ours."""
    with suppress(Forbidden):
        require_free(host, path)
        yield Remove(path)


DRIVER = Driver("sftp_keys", "sftp_key", 26, plan)
