"""`v-list-user` from the shell against starting the same Python and doing nothing."""

from __future__ import annotations

import os
from collections.abc import Callable

from tools import in_turn, must, report

ROUNDS = 100


def program(*argv: str) -> Callable[[], None]:
    """An action that runs a program to its end, its output thrown away."""
    null = os.open(os.devnull, os.O_WRONLY)

    def run() -> None:
        pid = os.posix_spawn(argv[0], argv, os.environ, file_actions=[(os.POSIX_SPAWN_DUP2, null, 1)])
        os.waitpid(pid, 0)

    return run


def main() -> None:
    """Time both in turn."""
    must("v-list-user", "admin")
    ours = program("/usr/local/bin/v-list-user", "admin")
    floor = program("/usr/bin/python3", "-I", "-S", "-E", "-c", "pass")
    times = in_turn([ours, floor], ROUNDS, warm_up=10)
    report("v-list-user from the shell", times[0], times[1], 1.3, "python3 -I -S -E -c pass")


if __name__ == "__main__":
    main()
