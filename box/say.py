"""Words for the person who waits: progress lines with the time they took, and problems said in one sentence."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

TAIL = 25
TICK = 10.0


class Problem(Exception):  # noqa: N818 - what a person reads is a problem, of which an error is one kind
    """Something a person has to know, worded as one sentence; the script prints it and exits 1."""


def say(text: str) -> None:
    """Print one line on standard error, so that standard output stays for facts."""
    print(text, file=sys.stderr, flush=True)


@contextmanager
def step(title: str) -> Iterator[None]:
    """Announce a step, and how long it took once it has worked."""
    say(f"==> {title}")
    start = time.monotonic()
    yield
    say(f"    {title}: {time.monotonic() - start:.1f} s")


def run(argv: Sequence[str], *, env: Mapping[str, str] | None = None, cwd: Path | None = None) -> str:
    """Run a short command and give its standard output; a failure becomes a Problem with the command's own words."""
    done = subprocess.run(argv, env=env, cwd=cwd, text=True, capture_output=True, stdin=subprocess.DEVNULL, check=False)
    if done.returncode != 0:
        words = (done.stderr or done.stdout).strip().splitlines()
        raise Problem(f"`{' '.join(argv)}` failed ({done.returncode}): {words[-1] if words else 'it said nothing'}")
    return done.stdout


def run_long(argv: Sequence[str], log: Path, *, env: Mapping[str, str] | None = None) -> None:
    """Run a long command with its output in a file, showing its newest line every ten seconds."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("wb") as sink:
        process = subprocess.Popen(argv, env=env, stdin=subprocess.DEVNULL, stdout=sink, stderr=subprocess.STDOUT)
        try:
            code = _watch(process, lambda: _last_line(log))
        except BaseException:
            process.terminate()
            process.wait(30)
            raise
    if code != 0:
        tail = log.read_text(errors="replace").splitlines()[-TAIL:]
        raise Problem(f"`{argv[0]}` failed ({code}); the end of {log}:\n" + "\n".join(tail))


def _watch(process: subprocess.Popen[bytes], newest: Callable[[], str]) -> int:
    start = time.monotonic()
    while True:
        try:
            return process.wait(TICK)
        except subprocess.TimeoutExpired:
            say(f"    {time.monotonic() - start:4.0f} s  {newest()}")


def _last_line(log: Path) -> str:
    with log.open("rb") as file:
        file.seek(0, 2)
        file.seek(max(0, file.tell() - 2000))
        lines = file.read().decode(errors="replace").replace("\r", "\n").split("\n")
    return next((line.strip()[:100] for line in reversed(lines) if line.strip()), "")
