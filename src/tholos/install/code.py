"""The program: each release in a directory named after its content, the current one chosen by a link."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path

from tholos.install.context import LIBRARY, Context
from tholos.install.host import InstallError, attempt, file, link, run, say

KEPT = 3
MARK = "complete"


def release(context: Context) -> None:
    """Copy the code to its own directory and point `current` at it; an interrupted copy is made anew."""
    final = LIBRARY / "releases" / _name(context.package)
    if not (final / MARK).exists():
        shutil.rmtree(final, ignore_errors=True)
        shutil.copytree(context.package, final / "tholos", ignore=shutil.ignore_patterns("__pycache__"))
        shutil.copy(context.lock, final / "requirements.lock")
        run(["/usr/bin/python3", "-m", "compileall", "-q", str(final / "tholos")])
        _world_readable(final)
        (final / MARK).touch()
        say(f"    {final}")
    (final / MARK).touch()
    link(LIBRARY / "current", final)
    _prune(LIBRARY / "releases")


def environment(context: Context) -> None:
    """Make an environment with exactly the locked dependencies, named after the lock, and point `venv` at it."""
    final = LIBRARY / "venvs" / context.lock_digest
    if not (final / MARK).exists():
        shutil.rmtree(final, ignore_errors=True)
        say(f"    {final}")
        run(["/usr/bin/python3", "-m", "venv", "--without-pip", str(final)])
        run([str(final / "bin/python"), _pip(), *_install(context)])
        packages = next((final / "lib").glob("python3.*")) / "site-packages"
        file(packages / "tholos.pth", f"{LIBRARY / 'current'}\n")
    (final / MARK).touch()
    link(LIBRARY / "venv", final)
    _prune(LIBRARY / "venvs")


def programs(context: Context) -> None:
    """Put the client of all commands and the `tholos` program in their places."""
    client = context.package / "edges/v.py"
    file(LIBRARY / "v", client.read_text(), 0o755)
    file(LIBRARY / "tholos", f'#!/bin/sh\nexec {LIBRARY}/venv/bin/python -m tholos "$@"\n', 0o755)
    link(Path("/usr/local/bin/tholos"), LIBRARY / "tholos")


def fingerprint() -> str:
    """Name what the services must be running: release and environment."""
    return f"{(LIBRARY / 'current').resolve().name} {(LIBRARY / 'venv').resolve().name}"


def _pip() -> str:
    """Give Debian's own pip, which runs from its file; copying it into the environment takes longer than its work."""
    found = sorted(Path("/usr/share/python-wheels").glob("pip-*.whl"))
    if not found:
        raise InstallError("Debian's python3-venv has brought no pip; reinstall the package.")
    return f"{found[-1]}/pip"


def _install(context: Context) -> list[str]:
    options = ["install", "--quiet", "--require-hashes", "--no-deps", "--disable-pip-version-check"]
    if context.wheelhouse is not None:
        options += ["--no-index", "--find-links", str(context.wheelhouse)]
    return [*options, "-r", str(context.lock)]


def _name(package: Path) -> str:
    """Give a name for exactly this code."""
    total = hashlib.sha256()
    for path in sorted(package.rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts:
            total.update(f"{path.relative_to(package)}\0{path.stat().st_mode & 0o111:o}\0".encode())
            total.update(hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()[:16]


def _world_readable(directory: Path) -> None:
    # The edge runs as a user of its own, and a checkout may have come with the modes of a careful umask.
    attempt(["chmod", "-R", "u=rwX,go=rX", str(directory)])
    attempt(["chown", "-R", "root:root", str(directory)])


def _prune(directory: Path) -> None:
    """Keep the newest few, so that a running service still finds what it was started from."""
    entries = sorted(
        directory.iterdir(), key=lambda path: (path / MARK).stat().st_mtime if (path / MARK).exists() else 0
    )
    for old in entries[:-KEPT]:
        shutil.rmtree(old, ignore_errors=True)
