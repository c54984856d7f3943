"""Messages of the control channel of BIND 9.

A message is a length, a version, and a table of keys and values (strings, or tables again). Its first entry signs the
rest with HMAC (RFC 2104) and a key that both sides know.
"""

from __future__ import annotations

import base64
import hmac
import re
import struct
from collections.abc import Mapping
from typing import NamedTuple

Table = Mapping[str, "bytes | Table"]
_VERSION = struct.pack(">I", 1)
_BINARY, _TABLE, _LIST = 1, 2, 3
_ALGORITHMS = {"sha1": 161, "sha224": 162, "sha256": 163, "sha384": 164, "sha512": 165}
_SIGNATURE = 88
"""The bytes of a signature, base64 of the longest one; shorter ones are followed by zeros."""
_KEY = re.compile(rb'algorithm\s+"?hmac-(\w+)"?\s*;\s*secret\s+"([A-Za-z0-9+/=]+)"')


class ControlError(Exception):
    """The server cannot be asked, or what came back is no answer of its."""


class Key(NamedTuple):
    """A secret and the hash function that it signs with."""

    algorithm: str
    secret: bytes


def read_key(content: bytes) -> Key:
    """The key of a file as rndc-confgen(8) writes it; ControlError when there is none in it."""
    found = _KEY.search(content)
    if found is None or found[1].decode() not in _ALGORITHMS:
        raise ControlError("there is no usable key of the control channel")
    return Key(found[1].decode(), base64.b64decode(found[2]))


def encode(table: Table) -> bytes:
    """A table in the form that goes over the wire."""
    return b"".join(_entry(key, value) for key, value in table.items())


def _entry(key: str, value: bytes | Table) -> bytes:
    name = key.encode()
    kind, content = (_BINARY, value) if isinstance(value, bytes) else (_TABLE, encode(value))
    return struct.pack(">B", len(name)) + name + struct.pack(">BI", kind, len(content)) + content


def decode(data: bytes) -> dict[str, bytes | Table]:
    """The table that ``encode`` made; a list in it is left out, because nothing here needs one.

    Raises ControlError when the data are cut short or of a kind that there is not.
    """
    table: dict[str, bytes | Table] = {}
    try:
        while data:
            key, data = _cut(data[1:], data[0])
            (kind, length), rest = struct.unpack(">BI", data[:5]), data[5:]
            value, data = _cut(rest, length)
            if kind not in (_BINARY, _TABLE, _LIST):
                raise ControlError(f"a value of the unknown kind {kind}")
            if kind != _LIST:
                table[key.decode()] = decode(value) if kind == _TABLE else value
    except (struct.error, IndexError, UnicodeDecodeError, RecursionError) as error:
        raise ControlError("an answer that cannot be read") from error
    return table


def _cut(data: bytes, length: int) -> tuple[bytes, bytes]:
    if len(data) < length:
        raise ControlError("an answer that was cut short")
    return data[:length], data[length:]


def signed(key: Key, table: Table) -> bytes:
    """A message with its signature, ready to be sent."""
    body = encode(table)
    content = _VERSION + encode({"_auth": {"hsha": _signature(key, body)}}) + body
    return struct.pack(">I", len(content)) + content


def verified(key: Key, content: bytes) -> dict[str, bytes | Table]:
    """The table of a message (without its length); ControlError when its signature is not the key's."""
    table = decode(content[4:])
    authentication = table.pop("_auth", {})
    body = content[4 + len(encode({"_auth": authentication})) :]
    given = authentication.get("hsha") if isinstance(authentication, Mapping) else None
    if content[:4] != _VERSION or not isinstance(given, bytes) or not hmac.compare_digest(given, _signature(key, body)):
        raise ControlError("an answer that is not signed with the key of the control channel")
    return table


def _signature(key: Key, body: bytes) -> bytes:
    digest = base64.b64encode(hmac.digest(key.secret, body, key.algorithm))
    return bytes([_ALGORITHMS[key.algorithm]]) + digest.ljust(_SIGNATURE, b"\0")
