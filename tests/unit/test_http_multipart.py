"""Multipart forms: what clients send is read, and what strangers send costs next to nothing."""

from __future__ import annotations

import logging
import time

import pytest

from tholos.edges.http_multipart import text_fields

TYPE = "multipart/form-data; boundary=x1"
MOST = 1000


def form(*parts: tuple[str, str], end: str = "--x1--\r\n") -> bytes:
    """A form of parts, each with the parameters of its Content-Disposition and its content."""
    return (
        "".join(f"--x1\r\nContent-Disposition: form-data; {said}\r\n\r\n{text}\r\n" for said, text in parts) + end
    ).encode()


@pytest.mark.parametrize(
    ("body", "found"),
    [
        (form(('name="cmd"', "v-list-users"), ('name="arg1"', "")), {"cmd": "v-list-users", "arg1": ""}),
        (form(("name=cmd", "a\r\nb\r\n--x")), {"cmd": "a\r\nb\r\n--x"}),
        (form(('name="a"', "ü\0"), ('name="a"', "2")), {"a": "2"}),
        (form(('name="file"; filename="x"', "1"), ('name="b"', "2")), {"b": "2"}),
        (b"before\r\n" + form(('name="a"', "1"), end="--x1--") + b"after", {}),
        (b"--x1\r\nX-Other: 1\r\ncontent-disposition: form-data; name=a\r\n\r\n1\r\n--x1--", {"a": "1"}),
        (b"--x1\r\n\r\nnothing is said of it\r\n--x1--", {}),
        (form(('name="a"', "1"))[:40], {}),
        (form(*[(f"name=a{number}", "1") for number in range(MOST + 1)]), {}),
        (b"", {}),
        (b"\0\xff", {}),
    ],
)
def test_forms(body: bytes, found: dict[str, str]) -> None:
    assert text_fields(body, TYPE, MOST) == found


@pytest.mark.parametrize("content_type", ["multipart/form-data", "multipart/form-data; boundary=", "x" * 100_000])
def test_a_form_without_a_boundary_is_empty(content_type: str) -> None:
    assert text_fields(form(("name=a", "1")), content_type, MOST) == {}


HOSTILE = {
    "parameters": form(("; a=b" * 700_000, "")),
    "encoded words": form(("=?utf-8?q?a?= " * 280_000, "")),
    "comments": form(("(" * 3_000_000, "")),
    "quotes": form(('"' * 3_000_000, "")),
    "parts": form(*[("name=a", "1")] * 70_000),
    "headers": b"--x1\r\n" + b"a:b\r\n" * 700_000,
    "long headers": form(*[("; a=b" * 100, "")] * 900),
    "nearly boundaries": b"--x1\r\nA: b\r\n\r\n" + b"\r\n--x" * 700_000,
    "nothing": b"\r\n" * 2_000_000,
}


@pytest.mark.parametrize("body", HOSTILE.values(), ids=HOSTILE)
def test_no_form_takes_long(body: bytes, caplog: pytest.LogCaptureFixture) -> None:
    started = time.thread_time()
    with caplog.at_level(logging.DEBUG):
        text_fields(body, TYPE, MOST)
    # The parser of mail that was here before took minutes for some of these.
    assert time.thread_time() - started < 5
    assert caplog.records == []
