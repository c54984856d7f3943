"""Tools of the benchmarks that run in the box: timing, the engine's socket, and results as JSON lines."""

from __future__ import annotations

import json
import socket
import statistics
import subprocess
import time
from collections.abc import Callable, Sequence
from pathlib import Path

SOCKET = "/run/tholos/engine.sock"


def call(*words: str) -> tuple[int, str]:
    """Run a command through the engine's socket, as the v-* commands do; give exit code and text."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        connection.connect(SOCKET)
        line = "\0".join(words).encode()
        connection.sendall(b"V" + len(line).to_bytes(4, "big") + line)
        head = _exactly(connection, 5)
        return head[0], _exactly(connection, int.from_bytes(head[1:], "big")).decode()


def must(*words: str) -> str:
    """As call, and the command must succeed."""
    code, text = call(*words)
    if code != 0:
        raise RuntimeError(f"{' '.join(words)}: {code} {text}")
    return text


def _exactly(connection: socket.socket, count: int) -> bytes:
    parts = bytearray()
    while len(parts) < count:
        part = connection.recv(count - len(parts))
        if not part:
            raise EOFError("the engine closed the connection")
        parts += part
    return bytes(parts)


def milliseconds(action: Callable[[], object]) -> float:
    """How long an action takes."""
    start = time.perf_counter()
    action()
    return (time.perf_counter() - start) * 1000


def in_turn(actions: Sequence[Callable[[], object]], rounds: int, *, warm_up: int = 1) -> list[list[float]]:
    """Time several actions in turn, A B A B ..., so that drift of the machine meets all alike."""
    times: list[list[float]] = [[] for _ in actions]
    for number in range(rounds + warm_up):
        for kept, action in zip(times, actions, strict=True):
            taken = milliseconds(action)
            if number >= warm_up:
                kept.append(taken)
    return times


def report(name: str, ours: Sequence[float], floor: Sequence[float], most: float | None, floor_name: str) -> None:
    """Print one result as a JSON line: the medians, their ratio, and the most that it may be."""
    mine, theirs = statistics.median(ours), statistics.median(floor)
    result = {"name": name, "ms": mine, "floor": floor_name, "floor_ms": theirs, "ratio": mine / theirs, "most": most}
    print(json.dumps(result), flush=True)


def run(*argv: str) -> str:
    """Run a program that must succeed; give what it printed."""
    return subprocess.run(argv, check=True, capture_output=True, text=True).stdout


def children(pid: int) -> set[int]:
    """The processes that a process started and that are still there."""
    return set(map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text().split()))


def reload_and_wait(master: int) -> None:
    """SIGHUP to an nginx master, then wait until no old worker takes connections any more."""
    before = children(master)
    run("kill", "-HUP", str(master))
    while True:
        now = children(master)
        if now - before and not any(_open(pid) for pid in now & before):
            return
        time.sleep(0.002)


def _open(pid: int) -> bool:
    try:
        return b"shutting down" not in Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False
