"""Running a command of the machine: a list of arguments, no shell, a known environment, and an end to waiting."""

from __future__ import annotations

import subprocess

from tholos.kernel.errors import ServiceFailed

PATIENCE = 120
"""Seconds after which a command is given up."""
_ENVIRONMENT = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C.UTF-8"}


def run(argv: tuple[str, ...], *, must_succeed: bool = True, user: int | None = None) -> str:
    """Run a command and give what it printed; raise ServiceFailed with that when it fails.

    With ``user`` it runs with the rights of this user and its group of the same number alone.
    """
    try:
        done = subprocess.run(
            argv,
            env=_ENVIRONMENT,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=PATIENCE,
            check=False,
            user=user,
            group=user,
            extra_groups=None if user is None else [],
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        if must_succeed:
            raise ServiceFailed(f"{argv[0]} could not be run: {error}") from error
        return ""
    output = done.stdout.decode(errors="replace").strip()
    if done.returncode != 0 and must_succeed:
        raise ServiceFailed(f"{' '.join(argv[:3])} failed: {output}")
    return output
