"""Reports on the machine for people to read: what the usual tools print about processor, memory, disks and sockets."""

from __future__ import annotations

from tholos.apply.host import Host
from tholos.apply.machine import reading

_RULE = "-" * 90


def _processes(*names: str) -> tuple[str, ...]:
    """ps(1) about programs of these names, without their arguments, in which secrets may stand."""
    return ("ps", "-C", ",".join(names), "-o", "pid,user,stat,pcpu,rss,etime,comm")


REPORTS: dict[str, tuple[tuple[str, ...], ...]] = {
    "cpu": (("top", "-b", "-n", "1", "-w", "120"),),
    "memory": (("free", "-t", "-m"), ("vmstat", "-s", "-S", "m")),
    "disk": (("df", "-h"), ("df", "-h", "-i")),
    "network": (("ss", "-s"), ("ss", "-t", "-u", "-l", "-n", "-p")),
    "web": (_processes("nginx", "php-fpm8.2"),),
    "db": (_processes("mariadbd", "postgres"),),
    "dns": (_processes("named"),),
    "mail": (_processes("exim4", "dovecot"),),
}
"""The commands of each report; one that the machine does not have says nothing."""


@reading("report")
def report(host: Host, subject: str) -> str:
    """A report; a recording host has only its name."""
    if host.rehearse:
        return f"{subject}\n"
    printed = (host.run(argv, must_succeed=False) for argv in REPORTS[subject])
    return "".join(f"{_plain(text)}\n\n{_RULE}\n\n" for text in printed if text)


def _plain(text: str) -> str:
    """The text without what moves a terminal's cursor: a process may call itself anything."""
    return "".join(sign if sign.isprintable() or sign in "\n\t" else "?" for sign in text)
