"""Crontabs of accounts (crontab(5)), where Debian's cron finds them.

The file belongs to its account, which cron(8) insists on; the directory does not let anybody but cron and root in.
"""

from __future__ import annotations

import re
import string
from collections.abc import Iterator

from tholos.apply.driver import Driver
from tholos.apply.host import Host
from tholos.apply.steps import Freshen, Remove, Step, Write
from tholos.kernel.touched import Key
from tholos.resources.cron.want import CrontabWant, JobWant

CRONTABS = "/var/spool/cron/crontabs"
LONGEST = 998
"""Bytes of a command that Debian's cron reads; for one more it ignores the whole file."""
_HEAD = "# Written by Tholos from its state; changes here are lost.\n"
_SIGNS = re.compile(r"\\*%|\\{2,}")
_FIELD = re.compile(r"[0-9*/,-]+")
_ADDRESS = frozenset(string.ascii_letters + string.digits + "._%+@-")


def plan(key: Key, want: CrontabWant | None, host: Host) -> Iterator[Step]:
    """The account's file, or none for an account without jobs; cron looks at it before the next minute."""
    path = f"{CRONTABS}/{key[0]}"
    if want is None:
        yield Remove(path)
    else:
        yield Write(path, crontab(want).encode(), 0o600, want.uid, want.uid)
    yield Freshen(path)


def crontab(want: CrontabWant) -> str:
    """The text of an account's crontab."""
    mail = f'MAILTO="{address(want.mail_to)}"\n'
    kind = 'CONTENT_TYPE="text/plain; charset=utf-8"\n' if want.mail_to else ""
    return _HEAD + mail + kind + "".join(_line(job) for job in want.jobs)


def _line(job: JobWant) -> str:
    return f"{' '.join(map(field, job.schedule))} {command(job.command)}\n"


def field(value: str) -> str:
    """A field of a schedule: digits, ``*``, ``/``, ``,`` and ``-`` alone."""
    if not _FIELD.fullmatch(value):
        raise ValueError(f"{value!r} cannot be a field of a crontab")
    return value


def command(value: str) -> str:
    """The command of a line, written so that a shell is given the value itself.

    cron(8) reads ``\\%`` as ``%`` and two backslashes as one, and a bare ``%`` ends the command; a backslash before
    anything else means itself.
    """
    if not value.isprintable() or not value.strip():
        raise ValueError(f"{value!r} cannot be a command of a crontab")
    written = _SIGNS.sub(lambda found: re.sub(r"([\\%])", r"\\\1", found[0]), value)
    if len(written.encode()) > LONGEST:
        raise ValueError("the command is longer than cron reads")
    return written


def address(value: str) -> str:
    """The address in MAILTO, or nothing."""
    if not _ADDRESS.issuperset(value):
        raise ValueError(f"{value!r} cannot be an address in a crontab")
    return value


DRIVER = Driver("cron", "cron", 30, plan)
