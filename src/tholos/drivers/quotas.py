"""Disk quotas of accounts on the file system of the homes (setquota(8))."""

from __future__ import annotations

from collections.abc import Iterator

from tholos.apply.driver import Driver
from tholos.apply.host import Host
from tholos.apply.readings.quotas import Limits, limits
from tholos.apply.steps import Run, Step
from tholos.kernel.touched import Key
from tholos.resources.user.allotment import QuotaWant

LEAST_FILES = 200_000
_KIBIBYTES_OF_A_FILE = 4
"""A file with anything in it takes a block. Empty ones take none, and without a limit they could be of any number."""


def plan(key: Key, want: QuotaWant | None, host: Host) -> Iterator[Step]:
    """One command that sets the limits, when they differ; nothing while quotas are off."""
    if want is None:
        return
    now, wanted = limits(host, want.uid), Limits(want.kibibytes, files_of(want.kibibytes))
    if now != wanted:
        yield Run(_set(want.uid, wanted), undo=_set(want.uid, now))


def files_of(kibibytes: int) -> int:
    """How many files, directories and links an account of this space may have; 0 is no limit, as for the space."""
    return max(LEAST_FILES, kibibytes // _KIBIBYTES_OF_A_FILE) if kibibytes else 0


def _set(uid: int, limits: Limits) -> tuple[str, ...]:
    """The command: soft and hard limits are the same."""
    space, files = str(limits.kibibytes), str(limits.files)
    return ("setquota", "--user", str(uid), space, space, files, files, "/home")


DRIVER = Driver("quotas", "quota", 20, plan)
