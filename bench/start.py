"""How fast the engine starts: importing every command, being ready to answer, and building the OpenAPI document once.

Runs on a recording host, so it needs no root: ``./tholos bench start``.
"""

from __future__ import annotations

import os
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


def measured(program: str, environment: dict[str, str]) -> tuple[float, str]:
    """Seconds (median of several processes after a first) that a program says it took, and what else it says."""
    argv = [sys.executable, "-c", program]
    said = [
        subprocess.run(argv, check=True, capture_output=True, text=True, env=environment).stdout.split()
        for _ in range(ROUNDS + 1)
    ]
    return statistics.median(float(words[0]) for words in said[1:]), said[-1][1]


def compiled(directory: Path) -> dict[str, str]:
    """An environment in which Python keeps its bytecode, as it has it on a node: an installed Tholos is compiled."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    source = Path(__file__).parent.parent / "src"
    return kept | {"PYTHONPATH": str(source), "PYTHONPYCACHEPREFIX": str(directory / "bytecode")}


def ready(directory: Path, environment: dict[str, str]) -> float:
    """Seconds from starting the engine's process to its socket being there."""
    socket = directory / "engine.sock"
    argv = [sys.executable, "-m", "tholos", "engine", "--rehearse", str(directory), "--socket", str(socket)]
    start = time.perf_counter()
    with subprocess.Popen(argv, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment) as engine:
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
    with tempfile.TemporaryDirectory() as name:
        environment = compiled(Path(name))
        imported, commands = measured(IMPORT, environment)
        built, size = measured(OPENAPI, environment)
        ready(Path(name), environment)
        starts = [ready(Path(name), environment) for _ in range(ROUNDS)]
    good = [
        show(f"importing {commands} commands", imported, 0.3),
        show(f"OpenAPI, {int(size) // 1024} kB", built, 0.3),
        show("engine ready", statistics.median(starts), 2.0),
    ]
    return 0 if all(good) else 1


if __name__ == "__main__":
    sys.exit(main())
