"""Disk quotas of accounts on the file system of the homes (setquota(8))."""

from __future__ import annotations

from collections.abc import Iterator

from tholos.apply.driver import Driver
from tholos.apply.host import Host
from tholos.apply.readings.quotas import limit
from tholos.apply.steps import Run, Step
from tholos.kernel.want import Key
from tholos.resources.user.allotment import QuotaWant


def plan(key: Key, want: QuotaWant | None, host: Host) -> Iterator[Step]:
    """One command that sets the limit, when it differs; nothing while quotas are off."""
    if want is None:
        return
    now = limit(host, want.uid)
    if now != want.kibibytes:
        yield Run(_set(want.uid, want.kibibytes), undo=_set(want.uid, now))


def _set(uid: int, kibibytes: int) -> tuple[str, ...]:
    """The command: the same soft and hard limit of blocks, none of files."""
    return ("setquota", "--user", str(uid), str(kibibytes), str(kibibytes), "0", "0", "/home")


DRIVER = Driver("quotas", "quota", 20, plan)
