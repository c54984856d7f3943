"""The words of the `tholos` script."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence

from box import checks, rehearsal, up
from box.inside import follow, run_inside, shell
from box.say import Problem, say

DEFAULT = "tholos"


def main(argv: Sequence[str]) -> int:
    """Do what the first word says; give the script's exit code."""
    words, command = _split(list(argv))
    parser = _parser()
    options, rest = parser.parse_known_args(["--help"] if words[:1] in ([], ["help"]) else words)
    if rest and options.word not in ("test", "logs"):
        parser.error(f"unknown: {' '.join(rest)}")
    act: Callable[[argparse.Namespace, list[str]], int] = options.act
    try:
        return act(options, [*rest, *command])
    except Problem as problem:
        say(f"tholos: {problem}")
        return 1
    except KeyboardInterrupt:
        say("\ntholos: interrupted; the same command takes it up again.")
        return 130


def _split(argv: list[str]) -> tuple[list[str], list[str]]:
    """Give the words before `--`, and the command after it."""
    if "--" not in argv:
        return argv, []
    at = argv.index("--")
    return argv[:at], argv[at + 1 :]


def _up(options: argparse.Namespace, _: list[str]) -> int:
    facts = rehearsal.up(options.name) if options.rehearse else up.up(options.name)
    print(facts.as_json() if options.json else facts.as_text())
    return 0


def _down(options: argparse.Namespace, _: list[str]) -> int:
    if not rehearsal.down(options.name) and not up.down(options.name):
        say(f"There is no box {options.name}; nothing to do.")
    return 0


def _exec(options: argparse.Namespace, command: list[str]) -> int:
    if not command:
        raise Problem("say what to run after two hyphens: ./tholos exec -- v-list-users")
    return run_inside(options.name, command)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="./tholos", description="A hosting control plane to try, test and check.")
    words = parser.add_subparsers(dest="word", metavar="WORD", required=True)

    def word(name: str, help: str, act: Callable[[argparse.Namespace, list[str]], int]) -> argparse.ArgumentParser:
        added = words.add_parser(name, help=help, description=help)
        added.set_defaults(act=act)
        return added

    def box(name: str, help: str, act: Callable[[argparse.Namespace, list[str]], int]) -> argparse.ArgumentParser:
        added = word(name, help, act)
        added.add_argument("name", metavar="NAME", nargs="?", default=DEFAULT, help=f"which box (default: {DEFAULT})")
        return added

    start = box("up", "boot a box, install Tholos in it, print how to reach it", _up)
    start.add_argument("--json", action="store_true", help="print the facts as one JSON object")
    start.add_argument("--rehearse", action="store_true", help="no box: engine and edge on a host that only records")
    box("down", "throw a box, or the rehearsal, away", _down)
    box("shell", "enter a box", lambda options, _: shell(options.name))
    inside = box("exec", "run one command in a box, given after --", _exec)
    inside.usage = "./tholos exec [NAME] -- COMMAND [ARGUMENT ...]"
    journal = box("logs", "follow a box's journal", lambda options, rest: follow(options.name, rest))
    journal.usage, journal.epilog = "./tholos logs [NAME] [-- OPTION ...]", "The options after -- are journalctl's."
    test = word(
        "test", "run the fast tests, the checks, the thorough tests and those in a box, in this order", checks.test
    )
    test.usage = "./tholos test [--fast | --box] [ARGUMENT ...]"
    test.epilog = (
        "All other arguments are passed on to pytest: paths, -k WORDS, -x ... Property tests try the same cases"
        " each time; --hypothesis-profile=explore tries new ones."
    )
    which = test.add_mutually_exclusive_group()
    which.add_argument("--fast", action="store_true", help="only the fast tests, which need no root and no box")
    which.add_argument("--box", action="store_true", help="only the tests in a box, which need root")
    word("lint", "run the checks: style, types, imports and the length of modules", checks.lint)
    measure = word("bench", "measure", checks.bench)
    known = ", ".join(checks.benchmarks())
    measure.add_argument("names", metavar="NAME", nargs="*", help=f"which benchmarks (default: all): {known}")
    word("docs", "write the generated reference anew", checks.docs)
    word("help", "show this", lambda _, __: 0)
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
