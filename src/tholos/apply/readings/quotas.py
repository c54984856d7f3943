"""Reading whether disk quotas are on (quotaon(8)), and that of an account (quota(1))."""

from __future__ import annotations

import re
from typing import NamedTuple

from tholos.apply.host import Host
from tholos.apply.machine import reading

_IS_ON = re.compile(r"^user quota on .* is on\b", re.MULTILINE)


class Limits(NamedTuple):
    """The hard limits of an account on the file system of the homes; 0 where there is none."""

    kibibytes: int = 0
    files: int = 0


@reading("quotas on")
def are_on(host: Host) -> bool:
    """Tell whether the file system of the homes has quotas of users, switched on."""
    return host.rehearse or parse_state(host.run(("quotaon", "--print-state", "--user", "/home"), must_succeed=False))


def parse_state(text: str) -> bool:
    """The same from what quotaon prints: a line for the kind of quota, or why there is none."""
    return _IS_ON.search(text) is not None


def limits(host: Host, uid: int) -> Limits:
    """What an account may take now."""
    if host.rehearse:
        return Limits()
    argv = ("quota", "--user", "--verbose", "--no-wrap", "--raw-grace", "--filesystem=/home", str(uid))
    return parse(host.run(argv, must_succeed=False))


def parse(text: str) -> Limits:
    """The limits from what quota prints: a title, a head, then the file system, and four words each of space and files.

    They are what is used, the soft limit, the hard limit, and the time of grace, which ``--raw-grace`` always prints.
    """
    for line in text.splitlines()[2:]:
        words = line.split()
        if len(words) >= 9 and words[3].isdigit() and words[7].isdigit():
            return Limits(int(words[3]), int(words[7]))
    return Limits()
