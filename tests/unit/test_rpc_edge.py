"""The HTTPS edge itself: paths, bodies, limits, TLS, and an engine that is not there."""

from __future__ import annotations

import asyncio
import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlencode

import pytest
from tests.rpc_app import FORM, Key, Rpc, running
from tests.waiting import until
from uvicorn.server import ServerState

from tholos.edges import http_body, http_engine, http_server
from tholos.edges.http_body import FREE, LARGEST_BODY
from tholos.edges.http_server import tls


@pytest.fixture(scope="module")
def rpc(seeded: Path) -> Iterator[Rpc]:
    with running(seeded) as started:
        yield started


@pytest.fixture(scope="module")
def key(rpc: Rpc) -> Key:
    return rpc.add_key("admin", "*", "all", "json")


def test_what_an_argument_takes_is_told_beside_the_text_that_clients_know(rpc: Rpc, key: Key) -> None:
    asked = key.form("v-add-cron-job", "admin", "99", "*", "*", "*", "*", "true")
    expected = "expected minutes: *, */5, or numbers and ranges from 0 to 59 such as 0,30-40"
    for more, status, body in (({}, 422, "Error: invalid min format :: 99"), ({"returncode": "yes"}, 200, "2")):
        answer = rpc.post(asked | more)
        assert (answer.status, answer.body, answer.headers["tholos-refusal"]) == (status, body, expected)


def test_paths(rpc: Rpc, key: Key) -> None:
    body = urlencode(key.form("v-list-user", "admin", "plain")).encode()
    for path in ("/api/", "/api/index.php", "/api/?x=1", "/api/index.php?arg1=bob"):
        assert rpc.request(body, path=path).body.startswith("admin\t")
    moved = rpc.request(body, path="/api?x=1")
    assert (moved.status, moved.headers["location"]) == (301, "/api/?x=1")
    for path in ("/", "/api/other", "/api/index.php/x", "/API/", "/api//"):
        assert rpc.request(body, path=path).status == 404


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "OPTIONS", "PATCH"])
def test_post_alone(rpc: Rpc, key: Key, method: str) -> None:
    answer = rpc.request(urlencode(key.form("v-list-users")).encode(), method=method)
    assert (answer.status, answer.headers["hestia-exit-code"]) == (405, "405")


def test_headers_are_in_lower_case_and_say_nothing_of_the_server(rpc: Rpc, key: Key) -> None:
    answer = rpc.post(key.form("v-list-users", "json"))
    assert set(answer.headers) == {
        "date",
        "content-type",
        "hestia-exit-code",
        "content-security-policy",
        "x-content-type-options",
        "x-frame-options",
        "x-xss-protection",
        "content-length",
    }


def test_claims_about_the_address_are_ignored(rpc: Rpc, key: Key) -> None:
    rpc.set(API_ALLOWED_IP="192.0.2.1")
    try:
        body = urlencode(key.form("v-list-users")).encode()
        answer = rpc.request(body, CF_Connecting_IP="192.0.2.1", X_Forwarded_For="192.0.2.1", X_Real_IP="192.0.2.1")
        assert answer.headers["hestia-exit-code"] == "10"
    finally:
        rpc.set(API_ALLOWED_IP="allow-all")


def test_multipart_forms(rpc: Rpc, key: Key) -> None:
    parts = "".join(
        f'--x1\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in key.form("v-list-user", "admin", "plain").items()
    )
    assert rpc.request(f"{parts}--x1--\r\n".encode(), "multipart/form-data; boundary=x1").status == 200


def test_values_of_json_are_printed_as_php_does(rpc: Rpc, key: Key) -> None:
    for value, seen in ((12, "12"), (True, "1"), (1.5, "1.5"), ("x\u00fc!", "x\u00fc!")):
        answer = rpc.post_json({**key.form("v-list-user"), "arg1": value})
        assert answer.body in (f"Error: user {seen} doesn't exist", f"Error: invalid user format :: {seen}")
    assert rpc.post_json({**key.form("v-list-user"), "arg1": None}).body.startswith("Usage: ")
    assert rpc.post_json({**key.form("v-list-user"), "arg1": None, "arg2": "admin"}).status == 200
    assert rpc.post_json({**key.form("v-list-user"), "arg1": ["admin"]}).status == 405


def test_large_and_broken_bodies(rpc: Rpc, key: Key) -> None:
    large = rpc.request(b"x" * (LARGEST_BODY + 1))
    assert (large.status, large.headers["hestia-exit-code"]) == (413, "413")
    assert rpc.request(b"\xff\xfe\x00", "application/json").status == 405
    assert rpc.request(b"[" * 100_000, "application/json").status == 405
    nearly = urlencode(key.form("v-make-tmp-file", "y" * (LARGEST_BODY - 1000), "large")).encode()
    assert rpc.request(nearly[:LARGEST_BODY]).status == 204


def test_half_a_body_is_no_request(rpc: Rpc, key: Key) -> None:
    body = urlencode(key.form("v-add-user", "half", "HalfPass12345", "half@example.org")).encode()
    with socket.create_connection(("127.0.0.1", rpc.port)) as connection:
        head = f"POST /api/ HTTP/1.1\r\nHost: x\r\nContent-Type: {FORM}\r\nContent-Length: {len(body) + 9}\r\n\r\n"
        connection.sendall(head.encode() + body)
        connection.shutdown(socket.SHUT_WR)
        while connection.recv(1000):
            pass
    assert rpc.run("v-list-user", "half")[0] == 3


def test_an_endless_head_is_cut_off(rpc: Rpc) -> None:
    with socket.create_connection(("127.0.0.1", rpc.port), timeout=60) as connection:
        connection.sendall(b"POST /api/ HTTP/1.1\r\n")
        with pytest.raises(ConnectionError):
            for _ in range(10_000):
                connection.sendall(b"x-filler: " + b"y" * 1000 + b"\r\n")
            raise ConnectionResetError if connection.recv(1) == b"" else AssertionError


@pytest.mark.parametrize(
    "begun",
    [
        b"POST /",
        b"POST /api/ HTTP/1.1\r\nHost: x\r\nx-filler: ",
        b"POST /api/ HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nx-filler: ",
    ],
)
def test_one_endless_line_is_cut_off(rpc: Rpc, begun: bytes) -> None:
    with socket.create_connection(("127.0.0.1", rpc.port), timeout=60) as connection:
        connection.sendall(begun)
        # A timeout is none of these: the server waits for more then.
        with pytest.raises(ConnectionError):
            for _ in range(10_000):
                connection.sendall(b"y" * 1000)
            raise ConnectionResetError if connection.recv(1) == b"" else AssertionError


def test_a_body_in_very_small_chunks_is_read(rpc: Rpc, key: Key) -> None:
    body = urlencode(key.form("v-make-tmp-file", "y" * 100_000, "chunks")).encode()
    head = f"POST /api/ HTTP/1.1\r\nHost: x\r\nContent-Type: {FORM}\r\nTransfer-Encoding: chunked\r\n\r\n"
    with socket.create_connection(("127.0.0.1", rpc.port), timeout=60) as connection:
        chunks = b"".join(b"1\r\n%c\r\n" % byte for byte in body)
        connection.sendall(head.encode() + chunks + b"0\r\n\r\n")
        assert connection.recv(1000).startswith(b"HTTP/1.1 204 ")


class Slow:
    """Clients of which each sends so much of a large body and then rests."""

    def __init__(self, rpc: Rpc, count: int, sent: int) -> None:
        self._open = [socket.create_connection(("127.0.0.1", rpc.port), timeout=60) for _ in range(count)]
        head = f"POST /api/ HTTP/1.1\r\nHost: x\r\nContent-Length: {LARGEST_BODY}\r\n\r\n".encode()
        for connection in self._open:
            connection.sendall(head + b"x" * sent)

    def close(self) -> None:
        """Hang up."""
        for connection in self._open:
            connection.close()


def test_large_bodies_of_one_origin_are_limited(rpc: Rpc, key: Key, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http_body, "MOST_OF_ONE", 100_000)
    bodies = rpc.edge._bodies
    large = urlencode(key.form("v-make-tmp-file", "y" * (FREE + 50_000), "large")).encode()
    slow = Slow(rpc, 2, FREE + 40_000)
    until(lambda: bodies._all == 80_000)
    refused = rpc.request(large)
    assert (refused.status, refused.headers["retry-after"]) == (503, "5")
    rest = rpc.request(large, "application/json", "/api/v2/users")
    assert (rest.status, rest.headers["retry-after"]) == (503, "5")
    assert rpc.post(key.form("v-list-users", "plain")).status == 200, "an ordinary call is not held up"
    slow.close()
    until(lambda: bodies._all == 0)
    assert rpc.request(large).status == 204
    until(lambda: (bodies._all, bodies._of) == (0, {}))


def test_large_bodies_of_all_are_limited(rpc: Rpc, key: Key, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http_body, "MOST_HELD", 100_000)
    large = urlencode(key.form("v-make-tmp-file", "y" * (FREE + 120_000), "large")).encode()
    assert rpc.request(large).status == 503
    until(lambda: rpc.edge._bodies._all == 0)


def test_connections_of_a_network_are_counted_together(monkeypatch: pytest.MonkeyPatch) -> None:
    class Transport:
        """A connection of an address, and whether it was hung up on."""

        def __init__(self, address: str) -> None:
            self.address = address
            self.closed = False

        def get_extra_info(self, name: str) -> object:
            return (self.address, 1) if name == "peername" else None

        def close(self) -> None:
            self.closed = True

    async def served(addresses: list[str]) -> list[bool]:
        config = http_server.configure(None)
        transports = [Transport(address) for address in addresses]
        protocols = [http_server.PatientProtocol(config, ServerState(), {}) for _ in addresses]
        for protocol, transport in zip(protocols, transports, strict=True):
            protocol.connection_made(transport)
        closed = [transport.closed for transport in transports]
        for protocol in protocols:
            protocol.connection_lost(None)
        return closed

    monkeypatch.setattr(http_server, "MOST_PER_ADDRESS", 2)
    addresses = ["2001:db8::1", "2001:db8::2", "2001:db8::3", "2001:db8:0:1::1", "::ffff:192.0.2.1", "192.0.2.1"]
    assert asyncio.run(served(addresses)) == [False, False, True, False, False, False]


def test_clients_that_take_their_time(rpc: Rpc, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http_server, "HEAD_SECONDS", 0.2)
    for begun in (b"", b"POST /api/ HTTP/1.1\r\nHost: x\r\n"):
        # Where this comes after the end, the end is a reset.
        with socket.create_connection(("127.0.0.1", rpc.port), timeout=60) as connection, suppress(ConnectionError):
            connection.sendall(begun)
            assert connection.recv(100) == b""
    monkeypatch.undo()
    monkeypatch.setattr(http_body, "BODY_SECONDS", 0.2)
    with socket.create_connection(("127.0.0.1", rpc.port), timeout=60) as connection:
        connection.sendall(b"POST /api/ HTTP/1.1\r\nHost: x\r\nContent-Length: 99\r\n\r\nhalf")
        assert connection.recv(1000).startswith(b"HTTP/1.1 408 ")


def test_connections_of_one_address_are_limited(rpc: Rpc, key: Key, monkeypatch: pytest.MonkeyPatch) -> None:
    def until_open(count: int) -> None:
        until(http_server._connections.total, right=lambda found: found == count)

    monkeypatch.setattr(http_server, "MOST_PER_ADDRESS", 3)
    monkeypatch.setattr(http_server, "HEAD_SECONDS", 600.0)
    until_open(0)
    kept = [socket.create_connection(("127.0.0.1", rpc.port), timeout=60) for _ in range(3)]
    until_open(3)
    with socket.create_connection(("127.0.0.1", rpc.port), timeout=60) as connection:
        assert connection.recv(100) == b""
    for connection in kept:
        connection.close()
    until_open(0)
    assert rpc.post(key.form("v-list-users", "plain")).status == 200


def test_an_engine_that_is_down_and_comes_back(rpc: Rpc, key: Key) -> None:
    asked = key.form("v-list-users", "plain")
    assert rpc.post(asked).status == 200
    rpc.stop_socket()
    for connection in list(rpc.connections()):
        connection.shutdown(socket.SHUT_RDWR)
    until(lambda: all(reader.at_eof() for reader, _ in list(rpc.client._idle)))
    started = time.monotonic()
    down = rpc.post(asked)
    assert (down.status, down.headers["retry-after"]) == (503, "2")
    assert time.monotonic() - started < http_engine.WAIT
    rpc.start_socket()
    assert rpc.post(asked).status == 200, "a connection that has died is not used again"


def test_tls(seeded: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http_server, "STOP_SECONDS", 60)
    if not shutil.which("openssl"):
        pytest.skip("makes its certificate with openssl")
    names = [str(tmp_path / name) for name in ("key.pem", "cert.pem")]
    curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-subj", "/CN=localhost"]
    output = ["-keyout", names[0], "-out", names[1]]
    subprocess.run(["openssl", "req", "-x509", *curve, *output], check=True, capture_output=True)
    with running(seeded, tls(Path(names[1]), Path(names[0]))) as rpc:
        assert rpc.post(rpc.add_key("admin", "*", "all", "json").form("v-list-users", "plain")).status == 200
        old = ssl._create_unverified_context()
        with pytest.warns(DeprecationWarning):
            old.maximum_version = ssl.TLSVersion.TLSv1_1
        with socket.create_connection(("127.0.0.1", rpc.port)) as plain, pytest.raises((ssl.SSLError, OSError)):
            old.wrap_socket(plain)
        sleeping = ssl._create_unverified_context().wrap_socket(socket.create_connection(("127.0.0.1", rpc.port)))
        sleeping.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert sleeping.recv(12) == b"HTTP/1.1 404", "there is nothing at /, whatever the method"
        began = time.monotonic()
    assert time.monotonic() - began < http_server.STOP_SECONDS, "a client that sleeps is not waited for"
    sleeping.close()
