"""`test`, `lint`, `bench` and `docs`: what developers and CI run."""

from __future__ import annotations

import argparse
import os
import subprocess
from collections.abc import Sequence
from pathlib import Path

from box import environment, host, image, wheels
from box.places import CHECKOUT
from box.say import Problem, say, step

LONGEST = 500
# Where Python of ours is; the script itself has no suffix, so it is named.
CODE = ("src", "box", "tests", "bench", "tholos")

# A machine waits more than it works: two of them take little more than half the time.
SIDE_BY_SIDE = ("--numprocesses=2", "--dist=loadfile", "--no-loadscope-reorder")
WITHOUT_BOX = ("--ignore=tests/box", "--numprocesses=auto")


def test(options: argparse.Namespace, rest: list[str]) -> int:
    """Run what was asked for of fast tests, checks, thorough and box tests; the first part that fails ends it."""
    python = environment.ensure()
    if options.fast:
        return _fast(python, rest)
    if options.box:
        return _in_box(python, rest, asked=True)
    return _fast(python, rest) or lint(options, []) or _thorough(python, rest) or _in_box(python, rest, asked=False)


def _fast(python: Path, rest: Sequence[str]) -> int:
    with step("fast tests"):
        return _pytest(python, [*_chosen("tests", rest), *WITHOUT_BOX, "-m", "not thorough", *rest])


def _thorough(python: Path, rest: Sequence[str]) -> int:
    with step("thorough tests: killed engines, full disks, very many cases"):
        return _pytest(python, [*_chosen("tests", rest), *WITHOUT_BOX, "-m", "thorough", *rest])


def _chosen(folder: str, rest: Sequence[str]) -> list[str]:
    """The tests of a folder, or none beside those that somebody has named."""
    return [] if any(word.startswith("tests/") for word in rest) else [folder]


def _in_box(python: Path, rest: Sequence[str], *, asked: bool) -> int:
    reason = host.missing()
    if reason:
        say(f"The tests in a box are {'impossible' if asked else 'left out'} here. {reason}")
        return 1 if asked else 0
    host.require()
    # What is fetched and built once is done here, where its progress can be seen.
    image.ensure()
    wheels.ensure(python)
    with step("tests in a box"):
        return _pytest(python, [*_chosen("tests/box", rest), *SIDE_BY_SIDE, *rest])


def lint(_: argparse.Namespace, __: list[str]) -> int:
    """Check style, types, the direction of imports and the length of modules; every check runs, any may fail."""
    environment.ensure()
    folders = [folder for folder in CODE if (CHECKOUT / folder).exists()]
    failed = [
        title
        for title, argv in (
            ("style", ["ruff", "check", *folders]),
            ("format", ["ruff", "format", "--check", *folders]),
            ("types", ["mypy"]),
            ("imports", ["lint-imports"]),
        )
        if not _passes(title, argv)
    ]
    long = _too_long()
    for path, lines in long:
        say(f"{path} has {lines} lines; look for the missing piece, {LONGEST} is the limit.")
    if failed or long:
        say(f"Failed: {', '.join([*failed, *(['length'] if long else [])])}")
        return 1
    return 0


def _passes(title: str, argv: list[str]) -> bool:
    with step(title):
        program = str(environment.binary(argv[0]))
        return subprocess.run([program, *argv[1:]], cwd=CHECKOUT, check=False).returncode == 0


def _too_long() -> list[tuple[Path, int]]:
    files = [file for folder in CODE for file in (CHECKOUT / folder).rglob("*.py")]
    counted = [(file.relative_to(CHECKOUT), len(file.read_text().splitlines())) for file in files]
    return [(path, lines) for path, lines in counted if lines > LONGEST]


def benchmarks() -> dict[str, Path]:
    """Give every benchmark by its name."""
    return {file.stem: file for file in sorted((CHECKOUT / "bench").glob("[a-z]*.py"))}


def bench(options: argparse.Namespace, rest: list[str]) -> int:
    """Run the benchmarks of these names, or all, one after the other."""
    names, all_of_them = [*options.names, *rest], benchmarks()
    unknown = [name for name in names if name not in all_of_them]
    if unknown or not all_of_them:
        raise Problem(f"there is no benchmark {' '.join(unknown)}; there are: {' '.join(all_of_them) or 'none'}")
    python = environment.ensure()
    for name in names or all_of_them:
        with step(f"bench/{name}"):
            code = subprocess.run([python, all_of_them[name]], cwd=CHECKOUT, env=_environment(), check=False).returncode
        if code != 0:
            return code
    return 0


def docs(_: argparse.Namespace, __: list[str]) -> int:
    """Write the reference and the compatibility table anew from the declarations."""
    python = environment.ensure()
    argv = [str(python), "-m", "tholos.edges.docs", "docs"]
    return subprocess.run(argv, cwd=CHECKOUT, env=_environment(), check=False).returncode


def _pytest(python: Path, arguments: Sequence[str]) -> int:
    argv = [str(python), "-m", "pytest", *arguments]
    return subprocess.run(argv, cwd=CHECKOUT, env=_environment(), check=False).returncode


def _environment() -> dict[str, str]:
    """Give the environment for programs of ours: benchmarks import `box`, and bytecode is kept out of the way.

    The code is this checkout's, even where the Python environment is another one's.
    """
    path = os.pathsep.join((str(CHECKOUT), str(CHECKOUT / "src")))
    given = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return {**given, "PYTHONPATH": path, "PYTHONPYCACHEPREFIX": str(CHECKOUT / ".cache" / "bytecode")}
