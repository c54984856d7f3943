"""The figures of a node: boots a box, runs the benchmarks of ``bench/inside`` in it, prints a table of ratios.

``./tholos bench node``; names after it choose some: ``python bench/node.py reads shell accounts memory sites``.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator

from box.facts import Facts
from box.machine import Machine

from box import up

NAME = "bench"
INSIDE = "/opt/tholos-src/bench/inside"
VENV = "/usr/lib/tholos/venv/bin/python"
Result = dict[str, float | str | None]


class Node:
    """The box under measurement."""

    def __init__(self, facts: Facts, name: str = NAME) -> None:
        self.facts = facts
        self.machine = Machine(name, facts.address)
        self.accounts = 1

    def measure(self, script: str, *arguments: str, python: str = "/usr/bin/python3") -> Iterator[Result]:
        """Run a script in the box; give the results that it prints."""
        argv = self.machine.argv([python, f"{INSIDE}/{script}.py", *arguments])
        done = subprocess.run(argv, stdout=subprocess.PIPE, text=True, check=True)
        for line in done.stdout.splitlines():
            if line.startswith("{"):
                yield json.loads(line)

    def run(self, *argv: str) -> str:
        """Run a command in the box; give what it printed."""
        done = subprocess.run(self.machine.argv(list(argv)), stdout=subprocess.PIPE, text=True, check=True)
        return done.stdout

    def grow(self, accounts: int) -> None:
        """Have so many accounts in the state and on the machine."""
        self.run("systemctl", "stop", "tholos-engine")
        self.run(VENV, f"{INSIDE}/seed.py", "s", str(self.accounts), str(accounts))
        self.run("systemctl", "start", "tholos-engine")
        while f"s{accounts:05d}:" not in self.run("tail", "-n", "1", "/var/lib/extrausers/passwd"):
            time.sleep(1)
        self.accounts = accounts + 1

    def reads(self, size: int) -> Iterator[Result]:
        """RPC reads with so many accounts present."""
        keys = (self.facts.access_key, self.facts.secret_key)
        self.run("v-change-sys-config-value", "API_ALLOWED_IP", "allow-all")
        yield from self.measure("reads", str(size), *keys, python=VENV)


def small(node: Node, chosen: set[str]) -> Iterator[Result]:
    """What is measured with few accounts."""
    if "shell" in chosen:
        yield from node.measure("shell")
    if "memory" in chosen:
        time.sleep(2)
        yield from node.measure("memory")
    if "accounts" in chosen:
        node.grow(10)
        yield from node.measure("accounts", "10")
    if "reads" in chosen:
        node.grow(199)
        yield from node.reads(200)
    if "sites" in chosen:
        yield from node.measure("sites", "10", "2000")


def large(node: Node, chosen: set[str]) -> Iterator[Result]:
    """What is measured with many accounts."""
    if "accounts" in chosen:
        node.grow(5000)
        node.run("/usr/bin/python3", f"{INSIDE}/fill_passwd.py", "5000")
        yield from node.measure("accounts", "5000")
    if "reads" in chosen:
        node.grow(20_000)
        yield from node.reads(20_000)


def show(result: Result) -> bool:
    """Print one result; tell whether it is within what it may be."""
    ratio, most = float(result["ratio"] or 0), result["most"]
    good = most is None or ratio <= float(most)
    limit = "" if most is None else f" (at most {most})"
    print(f"{'ok ' if good else 'OVER'} {result['name']}: {result['ms']:.2f} against {result['floor_ms']:.2f}", end="")
    print(f" for {result['floor']}: ratio {ratio:.2f}{limit}", flush=True)
    return good


def main(names: list[str]) -> int:
    """Measure what is chosen, all without names; give 1 when a figure is over."""
    chosen = set(names or ["reads", "shell", "accounts", "memory", "sites"])
    node = Node(up.up(NAME))
    try:
        good = [show(result) for part in (small, large) for result in part(node, chosen)]
    finally:
        up.down(NAME)
    return 0 if all(good) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
