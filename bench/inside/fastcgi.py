"""One FastCGI request (FastCGI 1.0 specification), enough to see that a php-fpm answers."""

from __future__ import annotations

import socket
import struct

_BEGIN, _PARAMS, _STDIN = 1, 4, 5


def _record(kind: int, content: bytes) -> bytes:
    return struct.pack(">BBHHBx", 1, kind, 1, len(content), 0) + content


def _pair(name: str, value: str) -> bytes:
    key, text = name.encode(), value.encode()
    return struct.pack(">BI", len(key), len(text) | 1 << 31) + key + text


def ask(path: str, script: str) -> bytes:
    """Send a GET for a script to a php-fpm's socket; give everything that comes back."""
    variables = {"SCRIPT_FILENAME": script, "REQUEST_METHOD": "GET", "SERVER_PROTOCOL": "HTTP/1.1"}
    parameters = b"".join(_pair(name, value) for name, value in variables.items())
    begin = _record(_BEGIN, struct.pack(">HB5x", 1, 0))
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        connection.settimeout(20)
        connection.connect(path)
        connection.sendall(begin + _record(_PARAMS, parameters) + _record(_PARAMS, b"") + _record(_STDIN, b""))
        answer = b""
        while part := connection.recv(65536):
            answer += part
    return answer
