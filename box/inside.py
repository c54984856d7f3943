"""Running something in a box as a person does, with the terminal passed through."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence

from box.machine import Machine
from box.say import Problem


def running(name: str) -> Machine:
    """Give the box of this name; that none runs is a Problem."""
    machine = Machine.find(name)
    if machine is None:
        raise Problem(f"there is no box {name} running; start it with `./tholos up {name}`.")
    return machine


def run_inside(name: str, command: Sequence[str]) -> int:
    """Run one command in a box and give its exit code; input and output are the caller's."""
    return subprocess.run(running(name).argv(command), check=False).returncode


def shell(name: str) -> int:
    """Enter a box with a shell of root's; a terminal of its own lets editors and job control work."""
    terminal = ["script", "--quiet", "--return", "--command", "bash --login", "/dev/null"]
    return run_inside(name, terminal if sys.stdin.isatty() else ["bash", "--login"])


def follow(name: str, options: Sequence[str]) -> int:
    """Follow a box's journal; the reader's Ctrl-C is the normal way out."""
    argv = running(name).argv(["journalctl", *(options or ["--follow", "--lines=50"])])
    os.execvp(argv[0], argv)
