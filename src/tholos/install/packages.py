"""Debian's packages."""

from __future__ import annotations

from pathlib import Path

from tholos.install.context import Context
from tholos.install.host import attempt, run, say

HERE = Path(__file__).parent
QUIET = {"DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C.UTF-8"}


def packages(context: Context) -> None:
    """Install what is missing; when nothing is, the package manager is not even asked."""
    lists = ("packages.txt", *(f"packages-{server}.txt" for server in context.databases))
    absent = _absent([name for file in lists for name in _names(file)])
    if absent:
        say(f"    {' '.join(absent)}")
        run(["apt-get", "update", "--quiet"], env=QUIET)
        run(["apt-get", "install", "--yes", "--quiet", "--no-install-recommends", *absent], env=QUIET)


def _names(file: str) -> list[str]:
    lines = (line.split("#")[0].strip() for line in (HERE / file).read_text().splitlines())
    return [line for line in lines if line]


def _absent(names: list[str]) -> list[str]:
    listed = attempt(["dpkg-query", "--show", "--showformat=${Package} ${db:Status-Status}\\n", *names]).stdout
    present = {line.split()[0] for line in listed.splitlines() if line.endswith(" installed")}
    return [name for name in names if name not in present]
