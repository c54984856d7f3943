#!/usr/bin/python3 -ISE
"""A v-* command: sends its command line to the engine and prints what comes back.

It imports only two built-in modules, because starting Python is most of what a short command costs.
"""

import _socket
import sys

SOCKET = "/run/tholos/engine.sock"


def ask(words: list[bytes]) -> tuple[int, bytes]:
    """Send a command line (bytes); give the exit code and the text (bytes)."""
    connection = _socket.socket(_socket.AF_UNIX, _socket.SOCK_STREAM)
    connection.connect(SOCKET)
    line = b"\0".join(words)
    connection.sendall(b"V" + len(line).to_bytes(4, "big") + line)
    head = exactly(connection, 5)
    return head[0], exactly(connection, int.from_bytes(head[1:], "big"))


def exactly(connection: _socket.socket, count: int) -> bytes:
    """Receive this many bytes; OSError when the engine hangs up before."""
    parts = bytearray()
    while len(parts) < count:
        part = connection.recv(min(count - len(parts), 1 << 20))
        if not part:
            raise OSError("the engine closed the connection")
        parts += part
    return bytes(parts)


def hide_arguments() -> None:
    """Leave only the name of the command in the list of processes, which everybody on the machine may read.

    A command may wait for minutes, and some of its arguments are secrets. What the kernel shows is this process's own
    memory (proc_pid_stat(5): ``arg_start`` and ``arg_end``); where that cannot be written, nothing is lost.
    """
    try:
        # pathlib alone takes longer to import than all of this program takes.
        with open("/proc/self/cmdline", "rb", 0) as line, open("/proc/self/stat", "rb", 0) as stat:  # noqa: PTH123
            words = line.read().split(b"\0")[: len(sys.orig_argv) - len(sys.argv) + 1]
            first, end = map(int, stat.read().rpartition(b")")[2].split()[45:47])
        first += sum(len(word) + 1 for word in words)
        with open("/proc/self/mem", "r+b", 0) as memory:  # noqa: PTH123
            memory.seek(first)
            memory.write(bytes(end - first))
    except (OSError, ValueError, IndexError):
        pass


def main() -> int:
    """Run the command that this program is called as."""
    words = [sys.argv[0].rpartition("/")[2], *sys.argv[1:]]
    hide_arguments()
    try:
        code, text = ask([word.encode(errors="surrogateescape") for word in words])
    except OSError as error:
        print(f"Error: the Tholos engine cannot be reached (systemctl status tholos-engine): {error}")
        return 15
    sys.stdout.buffer.write(text)
    sys.stdout.flush()
    return code


sys.exit(main())
