"""Public keys in an account's ``.ssh/authorized_keys`` (sshd(8)).

The file belongs to the account, which may have keys of its own in it. The key in a line tells whose it is: lines with a
key of ours are replaced by ours, lines with a key that was taken away go, and every other line stays as it is. A key
for copying files is made anew each time, so its line is known by its comment.
"""

from __future__ import annotations

import time
from collections.abc import Iterator

from tholos.apply.driver import Driver
from tholos.apply.host import Host
from tholos.apply.readings.own_files import content
from tholos.apply.steps import Directory, Step, Write
from tholos.kernel.touched import Key
from tholos.resources.user.model import GUEST_KEY
from tholos.resources.user.ssh_want import GuestKey, SshKeysWant

_INSIDE, _PROGRAM = "internal-sftp", "/usr/lib/openssh/sftp-server"
"""SFTP by sshd itself, which needs no shell, and the program, which the account's shell starts and may confine."""


def plan(key: Key, want: SshKeysWant | None, host: Host) -> Iterator[Step]:
    """The directory, unless the account has one, and the file; nothing for an account that is gone with its home."""
    if want is None:
        return
    path = f"{want.directory}/authorized_keys"
    before = content(host, path, want.uid)
    after = merged(before, want)
    if after != before:
        yield Directory(want.directory, 0o700, want.uid, want.uid, keep=True)
        yield Write(path, after, 0o600, want.uid, want.uid)


def merged(before: bytes, want: SshKeysWant) -> bytes:
    """The file with our keys and without those that were taken away; ours stay where they are, new ones come last."""
    ours = {blob.encode(): _one_line(line) for blob, line in want.lines}
    if want.guest is not None:
        ours[want.guest.blob.encode()] = _one_line(guest_line(want.guest))
    missing = dict(ours)
    gone = frozenset(blob.encode() for blob in want.revoked)
    kept: list[bytes] = []
    for line in before.splitlines():
        parts = [] if line.lstrip().startswith(b"#") else line.split()
        named = next((part for part in parts if part in ours or part in gone), None)
        if named is None:
            kept += [] if parts and parts[-1] == GUEST_KEY.encode() else [line]
        elif line == missing.get(named):
            kept.append(missing.pop(named))
    return b"".join(line + b"\n" for line in (*kept, *missing.values()))


def guest_line(guest: GuestKey) -> str:
    """A line that gives SFTP and nothing else, and nothing at all after its time (sshd(8))."""
    until = time.strftime("%Y%m%d%H%M%SZ", time.gmtime(guest.expires))
    program = _PROGRAM if guest.through_shell else _INSIDE
    return f'restrict,expiry-time="{until}",command="{program}" ssh-ed25519 {guest.blob} {GUEST_KEY}'


def _one_line(value: str) -> bytes:
    """A line of authorized_keys; ValueError for one that the file could read as two."""
    if not value.isprintable():
        raise ValueError(f"{value!r} cannot be written into authorized_keys")
    return value.encode()


DRIVER = Driver("ssh_keys", "ssh_keys", 25, plan)
