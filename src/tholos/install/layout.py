"""The directories of Tholos itself."""

from __future__ import annotations

from tholos.install.context import COMMANDS, EDGE, LIBRARY, LOGS, SETTINGS, STATE, Context
from tholos.install.host import directory

DIRECTORIES = (
    (STATE, 0o700, "root"),
    (SETTINGS, 0o755, "root"),
    (SETTINGS / "tls", 0o750, EDGE),
    # One configuration per account, read by the account's own php-fpm.
    (SETTINGS / "php", 0o755, "root"),
    (LOGS, 0o750, "root"),
    (LIBRARY, 0o755, "root"),
    (LIBRARY / "releases", 0o755, "root"),
    (LIBRARY / "venvs", 0o755, "root"),
    (COMMANDS, 0o755, "root"),
)


def directories(_: Context) -> None:
    """Make every directory be there with its mode and group."""
    for path, mode, group in DIRECTORIES:
        directory(path, mode, group=group)
