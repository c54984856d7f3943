"""The control channel of the name server: messages, what is said about zones, and a server that cannot be asked."""

from __future__ import annotations

import os
import socket
import struct
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tholos.apply.named import asking
from tholos.apply.named.asking import Asking
from tholos.apply.named.channel import Answer, Channel
from tholos.apply.named.message import ControlError, Key, Table, decode, encode, read_key, signed, verified
from tholos.apply.named.server import Named
from tholos.apply.named.zones import Status, clauses, file_of, is_behind, is_same, serial_of
from tholos.kernel.errors import Held, ServiceFailed

KEY = Key("sha256", b"0123456789abcdef0123456789abcdef")
NAMES = st.text(st.characters(codec="utf-8"), max_size=20).filter(lambda name: name != "_auth")
TABLES: st.SearchStrategy[Table] = st.recursive(
    st.dictionaries(NAMES, st.binary(max_size=40), max_size=4),
    lambda inner: st.dictionaries(NAMES, st.one_of(st.binary(max_size=40), inner), max_size=4),
    max_leaves=10,
)


@given(TABLES)
@settings(max_examples=50, deadline=None, database=None)
def test_a_message_comes_back_as_it_was_sent(table: Table) -> None:
    assert decode(encode(table)) == table
    message = signed(KEY, table)
    assert struct.unpack(">I", message[:4]) == (len(message) - 4,)
    assert verified(KEY, message[4:]) == table


@given(TABLES, st.data())
@settings(max_examples=50, deadline=None, database=None)
def test_a_message_that_was_changed_is_none(table: Table, data: st.DataObject) -> None:
    message = bytearray(signed(KEY, table)[4:])
    place = data.draw(st.integers(0, len(message) - 1))
    message[place] ^= data.draw(st.integers(1, 255))
    with pytest.raises(ControlError):
        verified(KEY, bytes(message))


@given(st.binary(max_size=60))
@settings(max_examples=100, deadline=None, database=None)
def test_any_bytes_are_a_table_or_refused(data: bytes) -> None:
    with suppress(ControlError):
        decode(data)


def test_another_key_signs_otherwise() -> None:
    with pytest.raises(ControlError):
        verified(Key("sha256", b"other"), signed(KEY, {"a": b"b"})[4:])


def test_the_key_of_a_file() -> None:
    text = b'key "rndc-key" {\n\talgorithm hmac-sha256;\n\tsecret "MTIz";\n};\n'
    assert read_key(text) == Key("sha256", b"123")
    for bad in (b"", b'algorithm hmac-md5;\nsecret "MTIz";'):
        with pytest.raises(ControlError):
            read_key(bad)


class Double:
    """A listener that plays a server: it answers each connection with what a function gives for the null command."""

    def __init__(self, answer: Callable[[Table], bytes]) -> None:
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.address: tuple[str, int] = self.listener.getsockname()
        self.connections = 0
        self.answer = answer
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                connection = self.listener.accept()[0]
                self.connections += 1
                threading.Thread(target=self._talk, args=(connection,), daemon=True).start()

    def _talk(self, connection: socket.socket) -> None:
        with connection, suppress(OSError, struct.error):
            while True:
                (length,) = struct.unpack(">I", connection.recv(4, socket.MSG_WAITALL))
                reply = self.answer(verified(KEY, connection.recv(length, socket.MSG_WAITALL)))
                if not reply:
                    return
                connection.sendall(reply)


@contextmanager
def double(answer: Callable[[Table], bytes]) -> Iterator[Double]:
    """A server's double for a while."""
    made = Double(answer)
    try:
        yield made
    finally:
        made.listener.close()


def reply(asked: Table, text: str, result: int = 0, **control: bytes) -> bytes:
    """An answer to a message, as the server signs it."""
    given, data = asked["_ctrl"], asked["_data"]
    assert isinstance(given, dict)
    assert isinstance(data, dict)
    numbers = {"_ser": given["_ser"], "_nonce": given.get("_nonce", b"17"), **control}
    said = {"type": data["type"], "result": b"%d" % result, "text": text.encode()}
    return signed(KEY, {"_ctrl": numbers, "_data": said})


def test_commands_share_a_connection_and_a_lost_one_is_made_again() -> None:
    asked = []

    def answer(table: Table) -> bytes:
        data = table["_data"]
        assert isinstance(data, dict)
        asked.append(data["type"])
        return b"" if len(asked) == 4 else reply(table, "up")

    with double(answer) as server:
        questions = Asking(Channel(server.address, lambda: KEY, 60.0))
        assert [questions.ask("status") for _ in range(3)] == [Answer(0, "", "up")] * 3
        assert server.connections == 2
        questions.close()
    assert asked == [b"null", b"status", b"status", b"status", b"null", b"status"]


def test_a_server_that_has_answered_again_is_waited_for_as_before(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking, "RESTART", 0.0)
    silent = [9]

    def answer(table: Table) -> bytes:
        silent[0] -= 1
        return b"" if silent[0] >= 0 else reply(table, "up")

    with double(answer) as server:
        questions = Asking(Channel(server.address, lambda: KEY, 60.0))
        with pytest.raises(ServiceFailed):
            questions.ask("status")
        monkeypatch.setattr(asking, "RESTART", 60.0)
        for silent[0] in (0, 2):
            assert questions.ask("status") == Answer(0, "", "up")
        questions.close()


@pytest.mark.parametrize("control", [{"_ser": b"1"}, {"_nonce": b"other"}])
def test_an_answer_to_something_else_is_refused(control: dict[str, bytes]) -> None:
    def answer(table: Table) -> bytes:
        data = table["_data"]
        assert isinstance(data, dict)
        return reply(table, "", 0, **control) if data["type"] == b"status" else reply(table, "")

    with double(answer) as server, pytest.raises(ControlError):
        Channel(server.address, lambda: KEY, 60.0).ask("status")


def test_a_server_that_hangs_is_asked_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking, "PATIENCE", 600.0)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        questions = Asking(Channel(listener.getsockname(), lambda: KEY, 0.05))
        for _ in range(2):
            with pytest.raises(ServiceFailed) as refusal:
                questions.ask("status")
            assert refusal.value.code == 20
        listener.setblocking(False)
        listener.accept()[0].close()
        with pytest.raises(BlockingIOError):
            listener.accept()


def test_a_server_that_is_not_there_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking, "RESTART", 0.1)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        address = listener.getsockname()
    with pytest.raises(ServiceFailed, match="name server does not answer"):
        Asking(Channel(address, lambda: KEY, 0.1)).ask("status")


@contextmanager
def named(answers: Mapping[str, tuple[int, str]]) -> Iterator[tuple[Named, list[str]]]:
    """A server that answers the first words of commands so; gives also what it was asked."""
    asked: list[str] = []

    def answer(table: Table) -> bytes:
        data = table["_data"]
        assert isinstance(data, dict) and isinstance(data["type"], bytes)
        asked.append(data["type"].decode())
        result, text = answers.get(asked[-1].partition(" ")[0], (0, ""))
        return reply(table, text, result)

    root = os.open("/", os.O_RDONLY)
    with double(answer) as listener:
        server = Named(root)
        server._asking = Asking(Channel(listener.address, lambda: KEY, 60.0))
        yield server, asked
        server.close()
    os.close(root)


MEMBER = "name: a.test\nfiles: /var/lib/bind/copies/__catz___default_n.catalog.invalid_a.test.db\n"


def test_a_zone_of_a_catalog_is_none_of_ours_and_in_the_way() -> None:
    # What BIND 9.18 says of one: failure, already exists, and where its file is.
    said = {"showzone": (25, ""), "addzone": (18, "already exists"), "zonestatus": (0, MEMBER)}
    with named(said) as (server, asked):
        assert server.configuration("a.test") == ""
        with pytest.raises(Held, match=r"a\.test exists :: it comes from the catalog of a primary"):
            server.put("a.test", "type primary;")
        server.put("a.test", "")
        assert not any(command.startswith("delzone") for command in asked)
    other = said | {"zonestatus": (0, MEMBER.replace("__catz__", ""))}
    with named(other) as (server, _), pytest.raises(ServiceFailed):
        server.configuration("a.test")


def test_a_secondary_asks_its_primary_at_once() -> None:
    with named({"showzone": (23, "")}) as (server, asked):
        server.put("a.test", "type secondary; primaries { 192.0.2.1; };")
        server.put("b.test", "type primary;")
    assert [command for command in asked if command.startswith("refresh")] == ["refresh a.test"]


SHOWN = 'type primary; file "/z/s.test.db"; inline-signing yes; dnssec-policy "default";'


def test_configurations_that_say_the_same() -> None:
    assert is_same(SHOWN, ' file "/z/s.test.db";\n type primary; dnssec-policy default; inline-signing yes; ')
    assert not is_same(SHOWN, 'type primary; file "/z/s.test.db";')
    assert is_same("", " ")
    assert file_of(SHOWN) == "/z/s.test.db"
    assert file_of("type primary;") == ""
    nested = 'type secondary; primaries { 192.0.2.1; 192.0.2.2 key "k"; }; file "x";'
    assert ("primaries", "{", "192.0.2.1", ";", "192.0.2.2", "key", "k", ";", "}") in clauses(nested)


def test_the_serial_of_a_file() -> None:
    text = b'$TTL 1\n; SOA 7\n@ 3600 IN SOA ns1 root (\n 3000000001 ; comment\n 1 2 3 4 )\n@ TXT "SOA a b 5"\n'
    assert serial_of(text) == 3000000001
    for bad in (b"", b"@ SOA a", b"@ SOA a b c", b'@ TXT "open', b"\xff\x00", b"@ SOA a b 99999999999"):
        with pytest.raises(ValueError, match="zone's file"):
            serial_of(bad)


@given(st.integers(0, 2**32 - 1), st.integers(1, 2**31 - 1))
@settings(max_examples=30, deadline=None, database=None)
def test_serials_go_round(serial: int, more: int) -> None:
    later = (serial + more) % 2**32
    assert is_behind(serial, later)
    assert not is_behind(later, serial)
    assert not is_behind(serial, serial)


def test_a_status() -> None:
    status = Status(
        "name: a.test\nserial: 7\nsigned serial: 9\nsecure: yes\nlast loaded: Mon, 1 Nov 2026 11:22:33 GMT\n"
    )
    assert (status.serial, status.signed_serial, status.is_secure) == (7, 9, True)
    assert (Status("name: a.test").serial, Status("").is_secure) == (None, False)
