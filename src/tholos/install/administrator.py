"""The machine's address and its first administrator, made through the same commands that everybody uses."""

from __future__ import annotations

import os
import secrets
import tempfile
from pathlib import Path

from tholos.install.context import COMMANDS, Context
from tholos.install.host import InstallError, attempt, run, say

NAME = "admin"
NOT_FOUND = 3


def addresses(_: Context) -> None:
    """Register the machine's own addresses, which sites are served on."""
    run([str(COMMANDS / "v-update-sys-ip")])


def administrator(context: Context) -> str | None:
    """Make the administrator unless there is one; give the password only when it was made now."""
    found = attempt([str(COMMANDS / "v-list-user"), NAME, "json"])
    if found.returncode == 0:
        return None
    if found.returncode != NOT_FOUND:
        raise InstallError(f"v-list-user failed ({found.returncode}): {(found.stderr or found.stdout).strip()}")
    say(f"    {NAME}")
    password = secrets.token_urlsafe(15)
    # The arguments of a process are everybody's to read, so the command is given a file that only root can.
    handle, file = tempfile.mkstemp(prefix="tholos-", dir="/tmp")
    try:
        with os.fdopen(handle, "w") as stream:
            stream.write(f"{password}\n")
        profile = [context.email, "default", "System Administrator"]
        run([str(COMMANDS / "v-add-user"), NAME, file, *profile])
    finally:
        Path(file).unlink()
    return password
