"""The few ways in which the installer touches the machine; each changes only what differs, and says so."""

from __future__ import annotations

import grp
import os
import pwd
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path


class InstallError(Exception):
    """Why the installation stopped, in words for the administrator."""


def say(text: str) -> None:
    """Print a line of progress on standard error, so that standard output stays for the summary."""
    print(text, file=sys.stderr, flush=True)


def run(argv: Sequence[str], *, check: bool = True, env: dict[str, str] | None = None) -> str:
    """Run a command and give its standard output; a failure stops the installation with the command's own words."""
    done = attempt(argv, env=env)
    if check and done.returncode != 0:
        raise InstallError(f"`{' '.join(argv)}` failed ({done.returncode}): {(done.stderr or done.stdout).strip()}")
    return done.stdout


def attempt(argv: Sequence[str], *, env: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """Run a command whose failure is an answer too."""
    # Where this program was found must not decide what an installed one finds.
    inherited = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}
    environment = {**inherited, **(env or {})}
    try:
        return subprocess.run(
            argv, text=True, capture_output=True, stdin=subprocess.DEVNULL, env=environment, check=False
        )
    except FileNotFoundError as error:
        raise InstallError(f"there is no program {argv[0]} on this machine.") from error


def directory(path: Path, mode: int, owner: str = "root", group: str = "root") -> None:
    """Make a directory be there with this mode and owner."""
    if not path.is_dir():
        path.mkdir(parents=True)
        say(f"    {path}/")
    _own(path, mode, owner, group)


def file(
    path: Path, content: str, mode: int = 0o644, owner: str = "root", group: str = "root", *, quiet: bool = False
) -> bool:
    """Make a file hold exactly this; tell whether it had to change. Readers see the old content or the new."""
    changed = not path.exists() or path.read_text() != content
    if changed:
        handle, scratch = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        with os.fdopen(handle, "w") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        _own(Path(scratch), mode, owner, group)
        Path(scratch).replace(path)
        if not quiet:
            say(f"    {path}")
    _own(path, mode, owner, group)
    return changed


def link(path: Path, target: Path) -> bool:
    """Make a symbolic link point at a target, swapped in one step; tell whether it had to change."""
    if path.is_symlink() and path.readlink() == target:
        return False
    scratch = path.with_name(f".{path.name}.new")
    scratch.unlink(missing_ok=True)
    scratch.symlink_to(target)
    scratch.replace(path)
    return True


def _own(path: Path, mode: int, owner: str, group: str) -> None:
    status = path.stat()
    uid, gid = pwd.getpwnam(owner).pw_uid, grp.getgrnam(group).gr_gid
    if (status.st_uid, status.st_gid) != (uid, gid):
        os.chown(path, uid, gid)
    if status.st_mode & 0o7777 != mode:
        path.chmod(mode)
