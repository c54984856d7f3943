"""A link for every command, so that the scripts that people have find them where they always were."""

from __future__ import annotations

from pathlib import Path

from tholos.install.context import COMMANDS, LIBRARY, Context
from tholos.install.host import InstallError, link, run, say

CLIENT = LIBRARY / "v"
PLACES = (COMMANDS, Path("/usr/local/bin"))


def commands(_: Context) -> None:
    """Link every command that exists, and remove links of ours to commands that no longer do."""
    names = set(run([str(LIBRARY / "venv/bin/python"), "-m", "tholos", "commands"]).split())
    if not names:
        raise InstallError("`tholos commands` named no command, which cannot be right.")
    for place in PLACES:
        changed = [link(place / name, CLIENT) for name in sorted(names)]
        stale = [path for path in place.glob("v-*") if _is_ours(path) and path.name not in names]
        for path in stale:
            path.unlink()
        if any(changed) or stale:
            say(f"    {place}: {sum(changed)} links made, {len(stale)} removed")


def _is_ours(path: Path) -> bool:
    return path.is_symlink() and path.readlink() == CLIENT
