"""Reading the disk quota of an account (quota(1))."""

from __future__ import annotations

from tholos.apply.host import Host


def limit(host: Host, uid: int) -> int:
    """The hard limit of an account on the file system of the homes in kibibytes; 0 where there is none."""
    if host.rehearse:
        return 0
    argv = ("quota", "--user", "--verbose", "--no-wrap", "--raw-grace", "--filesystem=/home", str(uid))
    return parse(host.run(argv, must_succeed=False))


def parse(text: str) -> int:
    """The limit from what quota prints: a title, a head, then the file system, what is used, quota, and limit."""
    for line in text.splitlines()[2:]:
        words = line.split()
        if len(words) >= 4 and words[3].isdigit():
            return int(words[3])
    return 0
