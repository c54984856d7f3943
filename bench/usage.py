"""Measuring usage: lines of traffic a second against awk, and a tree of 100,000 files against du alone.

Runs on a recording host, so it needs no root: ``./tholos bench usage``.
"""

from __future__ import annotations

import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from tests.conftest import call, new_engine

from tholos.apply.readings import disk, traffic
from tholos.bootstrap import Engine

ROUNDS = 5
LINES, NAMES = 500_000, 2_000
FILES = 100_000
AWK = "{ sent[$3] += $4 } END { for (name in sent) total += sent[name]; print total }"
MOST_DISK = 1.3


def seconds(action: Callable[[], object]) -> float:
    """How long an action takes."""
    start = time.perf_counter()
    action()
    return time.perf_counter() - start


def in_turn(ours: Callable[[], object], floor: Callable[[], object]) -> tuple[float, float]:
    """The medians of two actions, done in turn after one round that does not count."""
    times = [(seconds(ours), seconds(floor)) for _ in range(ROUNDS + 1)][1:]
    return statistics.median(mine for mine, _ in times), statistics.median(theirs for _, theirs in times)


def write_log(path: Path) -> None:
    """A log as nginx writes it."""
    chance = random.Random(1)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as file:
        for number in range(LINES):
            name = f"site{chance.randrange(NAMES)}.example.org"
            at = f"{1764093062 + number // 500}.{number % 1000:03}"
            file.write(f"={at} {number}.1 {name} {chance.randrange(200, 200_000)}\n")


def counting(engine: Engine) -> bool:
    """Lines a second."""
    root = engine.applier.host.root
    log = root / traffic.DIRECTORY.lstrip("/") / traffic.LOG
    write_log(log)
    reader = traffic.Traffic(engine.applier.host)
    ours, floor = in_turn(lambda: list(reader.pieces({}, ())), lambda: run("awk", AWK, str(log)))
    print(f"counting: {LINES / ours:,.0f} lines a second, {ours / LINES * 1e6:.2f} us a line; awk {LINES / floor:,.0f}")
    whole = seconds(engine.usage.traffic.count)
    print(f"the same with attribution and commits: {LINES / whole:,.0f} lines a second")
    return True


def walking(engine: Engine) -> bool:
    """A tree of many files."""
    tree = engine.applier.host.root / "home/bench/web/bench.test"
    for directory in range(FILES // 1000):
        (tree / str(directory)).mkdir(parents=True)
        for number in range(1000):
            os.close(os.open(tree / str(directory) / str(number), os.O_CREAT | os.O_WRONLY))
    measured: list[int] = []
    ours, floor = in_turn(
        lambda: measured.append(disk.home_now(engine.applier.host, "bench")[1]["bench.test"]),
        lambda: run("du", "--summarize", "--one-file-system", str(tree.parent.parent)),
    )
    ratio = ours / floor
    print(f"{FILES:,} files: {ours * 1e3:.0f} ms against {floor * 1e3:.0f} ms of du alone: ratio {ratio:.2f}")
    return ratio <= MOST_DISK


def run(*argv: str) -> None:
    """Run a program that must succeed."""
    subprocess.run(argv, check=True, stdout=subprocess.DEVNULL)


def main() -> int:
    """Measure; give 1 when a figure is over."""
    with tempfile.TemporaryDirectory(prefix="tholos-bench-") as name:
        engine = new_engine(Path(name))
        engine.start()
        with closing(engine.store):
            call(engine, "v-add-user", "admin", "adminPass123", "admin@example.org")
            good = [counting(engine), walking(engine)]
        engine.stop()
    return 0 if all(good) else 1


if __name__ == "__main__":
    sys.exit(main())
