"""Reading a multipart form (RFC 7578) that anybody may have sent: nothing in it may take long.

The library bounds the header of a part by its size and the number of its lines.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping

from python_multipart import MultipartParser
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import parse_options_header

LONGEST_HEADER = 512
"""Bytes of a header with parameters that are looked at; what is longer names no field of ours."""

# It warns of whatever is odd in a form, which would let strangers fill the log.
logging.getLogger("python_multipart").setLevel(logging.ERROR)


class _Reading:
    """The parts as they come; a part is a text field when it has a name and no file's name."""

    def __init__(self, most: int) -> None:
        self.found: dict[str, str] = {}
        self._left = most
        self._header = self._value = self._disposition = b""
        self._content = bytearray()

    def begin(self) -> None:
        if self._left == 0:
            raise FormParserError("too many parts")
        self._left -= 1
        self._header = self._value = self._disposition = b""
        self._content = bytearray()

    def header_name(self, data: bytes, start: int, end: int) -> None:
        self._header += data[start:end]

    def header_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def header_end(self) -> None:
        if self._header.lower() == b"content-disposition":
            self._disposition = self._value
        self._header = self._value = b""

    def content(self, data: bytes, start: int, end: int) -> None:
        self._content += data[start:end]

    def end(self) -> None:
        options = _options(self._disposition)
        name = options.get(b"name")
        if name is not None and b"filename" not in options:
            self.found[name.decode(errors="replace")] = self._content.decode(errors="replace")


def text_fields(body: bytes, content_type: str, most: int) -> Mapping[str, str]:
    """The text fields of a form, without files; nothing of a form that is broken or has more parts than ``most``."""
    boundary = _options(content_type.encode("latin-1", errors="replace")).get(b"boundary")
    if not boundary:
        return {}
    reading = _Reading(most)
    try:
        parser = MultipartParser(
            boundary,
            {
                "on_part_begin": reading.begin,
                "on_header_field": reading.header_name,
                "on_header_value": reading.header_value,
                "on_header_end": reading.header_end,
                "on_part_data": reading.content,
                "on_part_end": reading.end,
            },
        )
        parser.write(body)
        parser.finalize()
    except FormParserError:
        return {}
    return reading.found


def _options(header: bytes) -> Mapping[bytes, bytes]:
    return parse_options_header(header)[1] if len(header) <= LONGEST_HEADER else {}
