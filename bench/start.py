"""How fast the engine starts: importing every command, being ready to answer, and building the OpenAPI document once.

Runs on a recording host, so it needs no root: ``./tholos bench start``.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROUNDS = 5
IMPORT = """
import time
start = time.perf_counter()
from tholos.kernel.command import COMMANDS, load
load()
print(time.perf_counter() - start, len(COMMANDS))
"""
OPENAPI = """
import tholos.bootstrap
from tholos.edges.rest.openapi import document
from tholos.edges.rest.routes import Routes
from tholos.kernel.command import COMMANDS, load
load()
import time
start = time.perf_counter()
text = document(Routes(COMMANDS.values()))
print(time.perf_counter() - start, len(text))
"""


def measured(program: str) -> tuple[float, str]:
    """Seconds (median of several processes) that a program says it took, and what else it says."""
    said = [subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True).stdout.split()]
    said += [
        subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True).stdout.split()
        for _ in range(ROUNDS)
    ]
    return statistics.median(float(words[0]) for words in said[1:]), said[-1][1]


def ready(directory: Path) -> float:
    """Seconds from starting the engine's process to its socket being there."""
    socket = directory / "engine.sock"
    argv = [sys.executable, "-m", "tholos", "engine", "--rehearse", str(directory), "--socket", str(socket)]
    start = time.perf_counter()
    with subprocess.Popen(argv, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as engine:
        while not socket.exists():
            time.sleep(0.005)
        taken = time.perf_counter() - start
        engine.terminate()
    socket.unlink(missing_ok=True)
    return taken


def show(name: str, seconds: float, most: float) -> bool:
    """Print one figure beside the most that it may be; tell whether it is within."""
    good = seconds <= most
    print(f"{'ok ' if good else 'OVER'} {name}: {seconds:.2f} s (at most {most})", flush=True)
    return good


def main() -> int:
    """Measure all; give 1 when a figure is over."""
    imported, commands = measured(IMPORT)
    built, size = measured(OPENAPI)
    with tempfile.TemporaryDirectory() as name:
        ready(Path(name))
        starts = [ready(Path(name)) for _ in range(ROUNDS)]
    good = [
        show(f"importing {commands} commands", imported, 0.3),
        show(f"OpenAPI, {int(size) // 1024} kB", built, 0.3),
        show("engine ready", statistics.median(starts), 2.0),
    ]
    return 0 if all(good) else 1


if __name__ == "__main__":
    sys.exit(main())
