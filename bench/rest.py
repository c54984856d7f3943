"""A REST read against the RPC read of the same objects: a real engine and edge on a recording host, TLS, keep-alive.

``./tholos bench rest``. The two are timed in turn, so that drift of the machine meets both alike.
"""

from __future__ import annotations

import http.client
import json
import socket
import ssl
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlencode

MOST = 1.3
"""What a REST read may cost against the RPC read."""
ROUNDS, WARM_UP = 400, 40
ACCOUNTS = 200
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


class Node(NamedTuple):
    """A running engine and edge, and an access key."""

    directory: Path
    port: int
    key: str
    secret: str

    def run(self, *words: str) -> str:
        """Call a command as root's shell does."""
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
            connection.connect(str(self.directory / "engine.sock"))
            line = "\0".join(words).encode()
            connection.sendall(b"V" + len(line).to_bytes(4, "big") + line)
            with connection.makefile("rb") as answer:
                head = answer.read(5)
                text = answer.read(int.from_bytes(head[1:], "big")).decode()
        if head[0] != 0:
            raise RuntimeError(f"{' '.join(words)}: {text}")
        return text


@contextmanager
def node() -> Iterator[Node]:
    """Start both, with accounts to read."""
    with tempfile.TemporaryDirectory(prefix="tholos-rest-") as name:
        directory = Path(name)
        _certificate(directory)
        tholos = [sys.executable, "-m", "tholos"]
        engine_socket = str(directory / "engine.sock")
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = int(probe.getsockname()[1])
        place = ["--host", "127.0.0.1", "--port", str(port)]
        files = ["--cert", str(directory / "tls.crt"), "--key", str(directory / "tls.key")]
        engine = subprocess.Popen([*tholos, "engine", "--rehearse", name, "--socket", engine_socket])
        edge = subprocess.Popen([*tholos, "edge", "--socket", engine_socket, *place, *files])
        try:
            yield _filled(directory, port)
        finally:
            for process in (edge, engine):
                process.terminate()
                process.wait()


def _certificate(directory: Path) -> None:
    curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    files = ["-keyout", str(directory / "tls.key"), "-out", str(directory / "tls.crt")]
    argv = ["openssl", "req", "-x509", *curve, "-days", "1", "-subj", "/CN=localhost", *files]
    subprocess.run(argv, check=True, capture_output=True)


def _filled(directory: Path, port: int) -> Node:
    while not (directory / "engine.sock").exists():
        time.sleep(0.05)
    empty = Node(directory, port, "", "")
    for number in range(ACCOUNTS):
        name = f"u{number}" if number else "admin"
        empty.run("v-add-user", name, "aGoodPassword1", f"{name}@example.org")
    empty.run("v-change-sys-api", "enable", "all")
    empty.run("v-change-sys-config-value", "API_ALLOWED_IP", "allow-all")
    made = json.loads(empty.run("v-add-access-key", "admin", "*", "bench", "json"))
    return empty._replace(key=made["ACCESS_KEY_ID"], secret=made["SECRET_ACCESS_KEY"])


class Client:
    """A connection over TLS that is kept."""

    def __init__(self, node: Node) -> None:
        context = ssl._create_unverified_context()
        self._node = node
        self._connection = http.client.HTTPSConnection("127.0.0.1", node.port, context=context, timeout=30)
        self._bearer = {"Authorization": f"Bearer {node.key}.{node.secret}"}

    def rpc(self, command: str, *values: str) -> Callable[[], object]:
        """A call of the RPC API."""
        fields = {"access_key": self._node.key, "secret_key": self._node.secret, "cmd": command}
        form = urlencode({**fields, **{f"arg{place}": value for place, value in enumerate(values, start=1)}})
        return lambda: self._send("POST", "/api/", form, FORM)

    def rest(self, path: str) -> Callable[[], object]:
        """A read of the REST API."""
        return lambda: self._send("GET", f"/api/v2{path}", None, self._bearer)

    def close(self) -> None:
        """End the connection, for which the edge would wait else."""
        self._connection.close()

    def _send(self, method: str, path: str, body: str | None, headers: dict[str, str]) -> bytes:
        self._connection.request(method, path, body, headers)
        answer = self._connection.getresponse()
        content = answer.read()
        if answer.status != 200:
            raise RuntimeError(f"{answer.status} {content[:200]!r}")
        return content


def compare(name: str, rest: Callable[[], object], rpc: Callable[[], object], between: Callable[[], object]) -> bool:
    """Time both in turn and print the medians; tell whether REST costs no more than it may."""
    times: tuple[list[float], list[float]] = ([], [])
    for number in range(ROUNDS + WARM_UP):
        for kept, action in zip(times, (rest, rpc), strict=True):
            between()
            start = time.perf_counter()
            action()
            if number >= WARM_UP:
                kept.append((time.perf_counter() - start) * 1000)
    mine, theirs = (statistics.median(kept) for kept in times)
    good = mine / theirs <= MOST
    print(f"{'ok ' if good else 'OVER'} {name}: REST {mine:.2f} ms, RPC {theirs:.2f} ms: {mine / theirs:.2f}", end="")
    print(f" (at most {MOST})", flush=True)
    return good


def main() -> int:
    """Measure; give 1 when a figure is over."""
    with node() as there:
        client = Client(there)
        one, one_rpc = client.rest("/users/u7"), client.rpc("v-list-user", "u7", "json")
        every, every_rpc = client.rest("/users?limit=500"), client.rpc("v-list-users", "json")
        fresh = lambda: there.run("v-log-action", "system", "Info", "Bench", "A change")  # noqa: E731
        good = [
            compare("one account", one, one_rpc, lambda: None),
            compare(f"{ACCOUNTS} accounts", every, every_rpc, lambda: None),
            compare("one account after a change", one, one_rpc, fresh),
            compare(f"{ACCOUNTS} accounts after a change", every, every_rpc, fresh),
        ]
        client.close()
    return 0 if all(good) else 1


if __name__ == "__main__":
    sys.exit(main())
