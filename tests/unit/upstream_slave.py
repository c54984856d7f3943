"""A server as the reference is one when a master copies zones to it: it takes calls, checks their form and remembers.

``dns-cluster.md``: transport, commands that the master runs, slave side behaviour.
"""

from __future__ import annotations

import shutil
import ssl
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qsl

import pytest

from tholos.kernel.view import words
from tholos.resources.cluster.lines import parse_line

KEY = "abcdefghij0123456789:abcdefghijklmnopqrstuvwxyz0123456789_-=A"
LEGACY = "abcdefghijklmnopqrstuvwxyz012345"
LOGIN = {"user": "admin", "password": "a password; with $signs"}
ACCOUNT = "dns-cluster"
PROFILE = words(
    "v-list-users v-list-sys-config v-list-user v-add-cron-restart-job v-delete-dns-domains-src v-insert-dns-domain "
    "v-insert-dns-record v-insert-dns-records v-rebuild-dns-domains v-rebuild-dns-domain v-delete-dns-record "
    "v-make-tmp-file v-delete-dns-domain"
)
FIELDS = {"cmd", *(f"arg{number}" for number in range(1, 9))}
ONE, NOT_THERE, THERE, FORBIDDEN = 1, 3, 4, 10
OK, TOO_LARGE = 200, 413


@dataclass
class Slave:
    """The zones that such a server has, the calls that it was sent, and how it is at the moment."""

    certificate: Path
    port: int = 0
    calls: list[tuple[str, ...]] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    files: dict[str, str] = field(default_factory=dict)
    lines: dict[str, str] = field(default_factory=dict)
    records: dict[str, str] = field(default_factory=dict)
    sources: dict[str, str] = field(default_factory=dict)
    served: set[str] = field(default_factory=set)
    answer: str | None = None
    pause: float = 0.0
    drips: bytes = b""
    largest: int = 1 << 30
    listing: str | None = None
    status: Callable[[tuple[str, ...]], int] = lambda _said: OK

    @property
    def fingerprint(self) -> str:
        """The SHA-256 fingerprint of its certificate."""
        return sha256(ssl.PEM_cert_to_DER_cert(self.certificate.read_text())).hexdigest()

    def zone(self, name: str) -> dict[str, str]:
        """The values of a zone's line."""
        return parse_line(self.lines[name])

    def numbers(self, name: str) -> list[str]:
        """The numbers of a zone's records, line by line."""
        return [parse_line(line)["ID"] for line in self.records[name].splitlines()]

    def heard(self) -> list[tuple[str, ...]]:
        """The calls since the last look, each without the empty arguments at its end."""
        calls, self.calls = self.calls, []
        return calls

    def take(self, body: str) -> tuple[int, bytes]:
        """Answer a request: its status and what the body of the answer is."""
        form = dict(parse_qsl(body, keep_blank_values=True))
        status = self.status((form["cmd"], *(form.get(f"arg{number}", "") for number in range(1, 9))))
        if len(body) > self.largest:
            status = TOO_LARGE
        return status, self.post(form).encode() if status == OK else b"<html>no</html>"

    def post(self, form: Mapping[str, str]) -> str:
        """Answer a form as the reference does."""
        time.sleep(self.pause)
        if self.answer is not None:
            return self.answer
        proof = {key: value for key, value in form.items() if key not in FIELDS | {"returncode"}}
        if proof not in ({"hash": KEY}, {"hash": LEGACY}, LOGIN):
            return "Error: authentication failed"
        if set(form) - set(proof) - {"returncode"} != FIELDS:
            self.wrong.append(f"fields {sorted(form)}")
        said = [form["cmd"], *(form.get(f"arg{number}", "").strip(" ") for number in range(1, 9))]
        while said[-1] == "":
            said.pop()
        if form["cmd"] == "v-list-dns-domains-src" and self.listing is not None:
            return self.listing
        if form["cmd"] not in PROFILE:
            return "Error: the key does not allow it"
        if form.get("returncode") != "yes":
            return ""
        self.calls.append(tuple(said))
        code = self._run(*said)
        return "" if said[0] == "v-make-tmp-file" and proof == {"hash": LEGACY} else str(code)

    def _run(self, command: str, *values: str) -> int:
        if command in ("v-list-sys-config", "v-add-cron-restart-job"):
            return 0
        if command == "v-make-tmp-file":
            self.files[values[1]] = values[0]
            return 0
        if values[0] != ACCOUNT:
            return NOT_THERE
        act = getattr(self, f"_{command.removeprefix('v-').replace('-', '_')}", None)
        return int(act(*values[1:])) if act else 0

    def _insert_dns_domain(self, line: str = "", source: str = "", flush: str = "", _restart: str = "") -> int:
        name = parse_line(line).get("DOMAIN", "")
        if not name:
            return ONE
        if flush == "no" and name in self.lines:
            return THERE
        if flush not in ("", "no", "yes", "domain", "records"):
            self.wrong.append(f"FLUSH {flush}")
        self.lines[name], self.sources[name] = line, source
        if flush == "records" or parse_line(line)["SLAVE"] == "yes":
            self.records[name] = ""
        self.records.setdefault(name, "")
        return 0

    def _insert_dns_records(self, name: str, path: str, _restart: str = "") -> int:
        if name not in self.lines:
            return NOT_THERE
        if path in self.files:
            self.records[name] = f"{self.files.pop(path)}\n"
        return 0

    def _insert_dns_record(self, name: str, line: str, _restart: str = "") -> int:
        if name not in self.lines:
            return NOT_THERE
        self.records[name] += f"{line}\n"
        return 0

    def _rebuild_dns_domain(self, name: str, *_: str) -> int:
        if name not in self.lines:
            return NOT_THERE
        self.served.add(name)
        return 0

    def _rebuild_dns_domains(self, *_: str) -> int:
        self.served |= set(self.lines)
        return 0

    def _delete_dns_domain(self, name: str, _restart: str = "") -> int:
        if name not in self.lines:
            return NOT_THERE
        self._forget(name)
        return 0

    def _delete_dns_domains_src(self, source: str, _restart: str = "") -> int:
        for name in [name for name, known in self.sources.items() if known == source]:
            self._forget(name)
        return 0

    def _forget(self, name: str) -> None:
        for kept in (self.lines, self.records, self.sources):
            kept.pop(name, None)
        self.served.discard(name)


NEEDED = pytest.mark.skipif(shutil.which("openssl") is None, reason="certificates are made with openssl")


def make_certificate(directory: Path, name: str) -> tuple[Path, Path]:
    """Make a certificate and its key."""
    certificate, key = directory / f"{name}.crt", directory / f"{name}.key"
    curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-subj", "/CN=localhost"]
    argv = ["openssl", "req", "-x509", *curve, "-keyout", str(key), "-out", str(certificate)]
    subprocess.run(argv, check=True, capture_output=True)
    return certificate, key


@contextmanager
def serving(directory: Path) -> Iterator[Slave]:
    """Such a server behind HTTPS on a port of its own."""
    certificate, key = make_certificate(directory, "slave")
    slave = Slave(certificate)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            form = self.rfile.read(int(self.headers["Content-Length"])).decode()
            if self.path != "/api/":
                slave.wrong.append(self.path)
            status, body = slave.take(form)
            if slave.drips:
                self.drip()
                return
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def drip(self) -> None:
            """Answer with a beginning, and then with a byte now and then as long as somebody listens."""
            self.close_connection = True
            with suppress(OSError):
                self.wfile.write(slave.drips)
                while slave.drips:
                    self.wfile.write(b" ")
                    time.sleep(0.05)

        def log_message(self, *_: object) -> None:
            """Nothing is logged."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    slave.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield slave
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
