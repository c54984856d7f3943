"""The program behind all ``v-*`` commands: what it sends, and what others see of it."""

from __future__ import annotations

import socket
import subprocess
import sys
from pathlib import Path

import pytest
from tests.conftest import scratch

CODE = Path(__file__).parents[2] / "src/tholos/edges/v.py"
SECRET = "correct-horse-battery"


@pytest.mark.parametrize("flags", [["-ISE"], []])
def test_what_a_command_is_told_is_not_in_the_list_of_processes_while_it_waits(flags: list[str]) -> None:
    with scratch() as directory, socket.socket(socket.AF_UNIX) as engine:
        address = str(directory / "engine.sock")
        program = directory / "v-add-remote-dns-host"
        program.write_text(CODE.read_text().replace("/run/tholos/engine.sock", address))
        engine.bind(address)
        engine.listen()
        engine.settimeout(60)
        argv = [sys.executable, *flags, str(program), "ns2.example.org", "8083", SECRET, "", "é"]
        with subprocess.Popen(argv, stdout=subprocess.PIPE, env={"KEPT": "as it is"}) as waiting:
            connection, _ = engine.accept()
            with connection:
                head = connection.recv(5, socket.MSG_WAITALL)
                said = connection.recv(int.from_bytes(head[1:], "big"), socket.MSG_WAITALL)
                seen = Path(f"/proc/{waiting.pid}/cmdline").read_bytes()
                environment = Path(f"/proc/{waiting.pid}/environ").read_bytes()
                connection.sendall(b"\x03" + (5).to_bytes(4, "big") + b"text\n")
            printed = waiting.communicate(timeout=60)[0]
    assert said.split(b"\0") == [program.name.encode(), b"ns2.example.org", b"8083", SECRET.encode(), b"", "é".encode()]
    assert seen.rstrip(b"\0").decode().split("\0") == [*argv[: len(flags) + 2]]
    assert b"KEPT=as it is" in environment
    assert (waiting.returncode, printed) == (3, b"text\n")
