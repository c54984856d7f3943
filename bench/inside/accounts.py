"""Adding an account, against `useradd` and `chpasswd` for an account of the system, at the size that is there now."""

from __future__ import annotations

import subprocess
import sys
from itertools import count

from tools import in_turn, must, report

OURS, THEIRS = count(1), count(1)
PASSWORD = "correct horse battery"


def add_account(tag: str) -> None:
    """Add one account through the engine."""
    must("v-add-user", f"b{tag}x{next(OURS):04d}", PASSWORD, "bench@example.org")


def useradd(tag: str) -> None:
    """Add one account with the system's own tools."""
    name = f"u{tag}x{next(THEIRS):04d}"
    subprocess.run(["useradd", "-m", "-s", "/usr/sbin/nologin", name], check=True, capture_output=True)
    subprocess.run(["chpasswd"], input=f"{name}:{PASSWORD}\n".encode(), check=True, capture_output=True)


def main(size: str) -> None:
    """Time both in turn."""
    ours, floor = in_turn([lambda: add_account(size), lambda: useradd(size)], 9)
    report(f"adding an account, {size} present", ours, floor, 1.0, "useradd and chpasswd, as many accounts")


if __name__ == "__main__":
    main(sys.argv[1])
