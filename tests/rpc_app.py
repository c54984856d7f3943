"""An engine on a recording host behind its real socket, and the real HTTP edge in front of it, for tests."""

from __future__ import annotations

import atexit
import http.client
import json
import os
import socket
import ssl
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlencode

import uvicorn
from tests.conftest import call, copied
from tests.waiting import until

from tholos.apply.writer import Work
from tholos.bootstrap import ROOT, Engine
from tholos.edges.http import Edge
from tholos.edges.http_engine import EngineClient
from tholos.edges.http_server import configure, listen
from tholos.edges.socket import Server
from tholos.kernel.call import Call, HttpRequest, HttpResponse, Outcome
from tholos.kernel.tx import Tx
from tholos.resources.system.settings import set_setting

FORM = "application/x-www-form-urlencoded"


class Answer(NamedTuple):
    """An HTTP answer; ``headers`` are in the case in which they came."""

    status: int
    headers: Mapping[str, str]
    body: str


@dataclass(frozen=True)
class Key:
    """An access key with its secret."""

    key: str
    secret: str

    def form(self, command: str, *values: str, **more: str) -> dict[str, str]:
        """The fields of a call with this key."""
        return {"access_key": self.key, "secret_key": self.secret, **fields(command, *values), **more}


def fields(command: str, *values: str) -> dict[str, str]:
    """The fields that name a command and its arguments."""
    return {"cmd": command, **{f"arg{number}": value for number, value in enumerate(values, start=1)}}


class Rpc:
    """A running engine and edge; ``post`` is what a client does."""

    def __init__(
        self, engine: Engine, directory: Path, context: ssl.SSLContext | None = None, host: str = "127.0.0.1"
    ) -> None:
        self.engine = engine
        self.directory = directory
        self.path = directory / "engine.sock"
        self.tls = context is not None
        self._socket: Server | None = None
        self._accepted: list[socket.socket] = []
        self._listener = listen(host, 0)
        self.port = int(self._listener.getsockname()[1])
        self.client = EngineClient(self.path)
        self.edge = Edge(self.client)
        config = configure(self.edge)
        config.load()
        config.ssl = context
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, kwargs={"sockets": [self._listener]}, daemon=True)

    def start(self) -> None:
        """Start both."""
        self.start_socket()
        self._thread.start()
        until(lambda: self._server.started or not self._thread.is_alive(), pause=0.005)
        assert self._server.started, "the edge did not start; its log says why"

    def start_socket(self) -> None:
        """Let the engine take calls; another engine may take its place meanwhile."""
        uid = os.getuid()
        server = Server(
            self.path,
            shell=self._shell,
            remote=self._remote,
            rest=self._rest,
            root_uids={uid},
            edge_uids={uid},
            group=None,
        )
        accept = server._connection

        def remember(connection: socket.socket) -> None:
            self._accepted.append(connection)
            accept(connection)

        server._connection = remember  # type: ignore[method-assign]
        threading.Thread(target=server.serve, daemon=True).start()
        self._socket = server

    def _shell(self, call: Call) -> Outcome:
        return self.engine.gate.shell(call)

    def _remote(self, call: Call) -> Outcome:
        return self.engine.gate.remote(call)

    def _rest(self, request: HttpRequest) -> HttpResponse:
        return self.engine.rest.answer(request)

    def connections(self) -> list[socket.socket]:
        """The connections of the edge to the engine that are open."""
        return [connection for connection in self._accepted if connection.fileno() >= 0]

    def stop_socket(self) -> None:
        """Let the engine take no more calls, as when it is down."""
        if self._socket is not None:
            self._socket.close()
            self.path.unlink(missing_ok=True)

    def stop(self) -> None:
        """Stop both."""
        self.leave()
        if self._thread.is_alive():
            self._thread.join()
        self._listener.close()

    def leave(self) -> None:
        """Tell both to stop, and do not wait for the edge, which takes its time for its clients' sake."""
        self._server.should_exit = True
        self.stop_socket()
        if self._thread.is_alive():
            # Whatever it does, it does it before Python ends.
            atexit.register(self._thread.join)

    def request(
        self, body: bytes, kind: str = FORM, path: str = "/api/", method: str = "POST", **headers: str
    ) -> Answer:
        """Send a request with a body as it is."""
        insecure = ssl._create_unverified_context() if self.tls else None
        connection = (
            http.client.HTTPSConnection("127.0.0.1", self.port, context=insecure, timeout=120)
            if insecure
            else http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        )
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        try:
            connection.request(method, path, body=body or None, headers={"Content-Type": kind, **sent})
            answer = connection.getresponse()
            return Answer(answer.status, dict(answer.getheaders()), answer.read().decode())
        finally:
            connection.close()

    def post(self, form: Mapping[str, str]) -> Answer:
        """Send a form."""
        return self.request(urlencode(form).encode())

    def post_json(self, body: object, kind: str = "application/json") -> Answer:
        """Send JSON."""
        return self.request(json.dumps(body).encode(), kind)

    def run(self, command: str, *values: str) -> tuple[int, str]:
        """Call a command as root's shell does."""
        return call(self.engine, command, *values)

    def set(self, **settings: str) -> None:
        """Change settings."""

        def change(tx: Tx) -> None:
            for key, value in settings.items():
                set_setting(tx, key, value)

        self.engine.writer.submit(Work(change, self.engine.dispatcher.context(ROOT, "127.0.0.1"))).result()

    def add_key(self, *arguments: str) -> Key:
        """Make an access key."""
        code, text = self.run("v-add-access-key", *arguments)
        assert code == 0, text
        made = json.loads(text)
        return Key(made["ACCESS_KEY_ID"], made["SECRET_ACCESS_KEY"])

    def log_lines(self) -> list[str]:
        """The lines of the log of logins, without their times."""
        self.engine.gate.recorder.flush()
        path = self.engine.applier.host.root / "var/log/tholos/auth.log"
        return [line[20:] for line in path.read_text().splitlines()] if path.exists() else []


@contextmanager
def running(source: Path, context: ssl.SSLContext | None = None) -> Iterator[Rpc]:
    """Run an engine on a copy of a node, and an edge; the API is open to everybody and on at every level."""
    with copied(source) as engine:
        rpc = Rpc(engine, engine.directory.parent, context)
        try:
            rpc.set(API="yes", API_SYSTEM="2", API_ALLOWED_IP="allow-all")
            rpc.start()
            yield rpc
        finally:
            if context is None:
                rpc.leave()
            else:
                rpc.stop()
