"""System users and groups, and the extra files in which hosting accounts are kept."""

from __future__ import annotations

import re
from pathlib import Path

from tholos.install.context import ACCOUNTS, EDGE, Context
from tholos.install.host import attempt, directory, file, run

NSSWITCH = Path("/etc/nsswitch.conf")
EXTRA = Path("/var/lib/extrausers")
DATABASES = {"passwd": (0o644, "root"), "group": (0o644, "root"), "shadow": (0o640, "shadow")}


def users(_: Context) -> None:
    """Make the edge's own user, who may do nothing, and the group of all hosting accounts."""
    if attempt(["getent", "group", ACCOUNTS]).returncode != 0:
        run(["groupadd", "--system", ACCOUNTS])
    if attempt(["getent", "passwd", EDGE]).returncode != 0:
        shell = ["--home-dir", "/nonexistent", "--no-create-home", "--shell", "/usr/sbin/nologin"]
        run(["useradd", "--system", "--user-group", *shell, EDGE])


def extra_users(_: Context) -> None:
    """Let the machine look for accounts in files of our own as well, after those of the system."""
    directory(EXTRA, 0o755)
    for name, (mode, group) in DATABASES.items():
        # The engine writes these files, so one that is there is left alone.
        if not (EXTRA / name).exists():
            file(EXTRA / name, "", mode, group=group)
    file(NSSWITCH, _with_extra_users(NSSWITCH.read_text()))


def _with_extra_users(text: str) -> str:
    """Give the name service's configuration with `extrausers` right after `files`, where it is not there yet."""
    return re.sub(
        rf"(?m)^((?:{'|'.join(DATABASES)}):(?!.*\bextrausers\b)\s*)(.*\bfiles\b|)",
        lambda found: f"{found[1]}{found[2] or 'files'} extrausers",
        text,
    )
