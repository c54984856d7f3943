"""Reading the disk quota of an account (quota(1))."""

from __future__ import annotations

from typing import NamedTuple

from tholos.apply.host import Host


class Limits(NamedTuple):
    """The hard limits of an account on the file system of the homes; 0 where there is none."""

    kibibytes: int = 0
    files: int = 0


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
