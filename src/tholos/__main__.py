"""`python -m tholos`: one word chooses what to be; only that is imported."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence

Main = Callable[[Sequence[str]], int]


def _engine() -> Main:
    from tholos.bootstrap import engine_main

    return engine_main


def _edge() -> Main:
    from tholos.bootstrap import edge_main

    return edge_main


def _commands() -> Main:
    from tholos.bootstrap import commands_main

    return commands_main


def _install() -> Main:
    from tholos.install.cli import main as install_main

    return install_main


WORDS: dict[str, tuple[str, Callable[[], Main]]] = {
    "engine": ("own the state and change the machine; root's service", _engine),
    "edge": ("speak HTTPS and forward calls; an ordinary user's service", _edge),
    "commands": ("print the name of every v-* command", _commands),
    "install": ("install, repair or upgrade Tholos on this Debian machine", _install),
}


def main(argv: Sequence[str] | None = None) -> int:
    """Run what the first word says with the other words; give the process's exit code."""
    words = list(sys.argv[1:] if argv is None else argv)
    if not words or words[0] not in WORDS:
        usage = "".join(f"  {word:9} {meaning}\n" for word, (meaning, _) in WORDS.items())
        asked = bool(words) and words[0] in ("-h", "--help")
        print(f"usage: tholos WORD [OPTIONS]\n{usage}", end="", file=sys.stdout if asked else sys.stderr)
        return 0 if asked else 2
    return WORDS[words[0]][1]()(words[1:])


if __name__ == "__main__":
    sys.exit(main())
