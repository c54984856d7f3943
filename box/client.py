"""Speaking to an engine on a socket of its own, as the v-* commands do on the machine's."""

from __future__ import annotations

import socket
from collections.abc import Sequence
from pathlib import Path

from box.say import Problem

SECONDS = 60.0


def ask(wire: Path, words: Sequence[str]) -> tuple[int, str]:
    """Send one command line; give the exit code and the text."""
    line = "\0".join(words).encode()
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(SECONDS)
        connection.connect(str(wire))
        connection.sendall(b"V" + len(line).to_bytes(4, "big") + line)
        with connection.makefile("rb") as answer:
            head = answer.read(5)
            return head[0], answer.read(int.from_bytes(head[1:], "big")).decode()


def run(wire: Path, words: Sequence[str]) -> str:
    """Send one command line and give its text; a refusal is a Problem."""
    code, text = ask(wire, words)
    if code != 0:
        raise Problem(f"{words[0]} failed ({code}): {text.strip()}")
    return text
