"""Writing an answer of the RPC edge: from an outcome to status, headers and body (``exit-codes.json``, ``http.md``)."""

from __future__ import annotations

import re
from typing import NamedTuple

import msgspec

from tholos.edges.http_request import Asked
from tholos.kernel.call import Outcome

Header = tuple[bytes, bytes]
_HTML = (b"content-type", b"text/html; charset=UTF-8")
_JSON = (b"content-type", b"application/json; charset=utf-8")
_GUARDS = (
    (b"x-frame-options", b"SAMEORIGIN"),
    (b"x-xss-protection", b"1; mode=block"),
)
"""The web server of the reference adds these, and nosniff, to a success alone; nosniff stands on every answer here."""
_STATUS = {0: 200, 1: 400, 2: 422, 5: 401, 6: 401, 9: 401, 10: 401, 11: 400, 21: 401}
_BLANK = " \t\n\r\0\x0b"
_ENDS_OF_LINES = re.compile(r"[ \t\v\f\r]+(?=\n|$)")
BAD_BODY = "data received is null or invalid, check https://hestiacp.com/docs/server-administration/rest-api.html"
_DISABLED_FIRST = "Error: API has been disabled"


class Reply(NamedTuple):
    """What goes over the wire."""

    status: int
    headers: tuple[Header, ...]
    body: bytes


def refuse(code: int, text: str, *headers: Header) -> Reply:
    """A refusal before any call: a code from 100 is the status itself."""
    return _plain(code, f"Error: {text}", code, headers)


def reply(asked: Asked, outcome: Outcome) -> Reply:
    """The answer to a call."""
    if outcome.refused_at == "gate":
        return _turned_away(asked, outcome)
    return _of_access_key(asked, outcome) if asked.call.way == "access-key" else _of_legacy(asked, outcome)


def _turned_away(asked: Asked, outcome: Outcome) -> Reply:
    body = str(outcome.code) if asked.code_only else outcome.text
    if asked.call.way == "legacy" and outcome.code == 11:
        # The reference prints this before it answers.
        body = _DISABLED_FIRST + body
    return _plain(_status(outcome.code), body, outcome.code, _detail(outcome))


def _detail(outcome: Outcome) -> tuple[Header, ...]:
    """What the text that clients know does not say."""
    detail = outcome.detail.encode("ascii", errors="replace")
    return ((b"tholos-refusal", detail),) if detail else ()


def _of_access_key(asked: Asked, outcome: Outcome) -> Reply:
    code = (b"hestia-exit-code", b"%d" % outcome.code)
    if asked.code_only:
        return Reply(200, (_HTML, code, *_GUARDS, *_detail(outcome)), b"%d" % outcome.code)
    text = _printed(outcome.text).strip(_BLANK)
    if outcome.code != 0:
        return _plain(_status(outcome.code), text, outcome.code, _detail(outcome))
    if text in ("", "0"):
        return Reply(204, (_HTML, code, *_GUARDS), b"")
    body = text.encode()
    return Reply(200, (_JSON if is_true_json(body) else _HTML, code, *_GUARDS), body)


def _of_legacy(asked: Asked, outcome: Outcome) -> Reply:
    if asked.code_only:
        # A temporary file is made without running a command, so that there is no code to give.
        body = b"" if asked.call.command == "v-make-tmp-file" and outcome.code == 0 else b"%d" % outcome.code
    else:
        body = _printed(outcome.text).encode() or b"OK"
    return Reply(200, (_HTML, *_GUARDS, *_detail(outcome)), body)


def _printed(text: str) -> str:
    """The output as the reference has it: PHP's exec() takes the blanks from the end of every line."""
    if text[:1] in ("{", "["):
        # Our own JSON has no such blanks, and looking for them in a long list would cost more than all the rest.
        return text
    if " \n" in text or "\t\n" in text or "\r" in text:
        return _ENDS_OF_LINES.sub("", text)
    return text


def _plain(status: int, body: str, code: int, headers: tuple[Header, ...] = ()) -> Reply:
    return Reply(status, (_HTML, (b"hestia-exit-code", b"%d" % code), *headers), body.encode())


def _status(code: int) -> int:
    return code if 400 <= code < 600 else _STATUS.get(code, 400)


def is_true_json(body: bytes) -> bool:
    """Tell whether a text is JSON that PHP takes for true: not null, false, zero, ``""``, ``"0"``, ``[]`` or ``{}``."""
    if body[:1] not in b'{["-0123456789tfn':
        return False
    try:
        if body[:1] in b"{[":
            # The text is only checked, not built: that is what makes long lists cheap.
            msgspec.json.decode(body, type=msgspec.Raw)
            return body[1:-1].strip() != b""
        value = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return False
    return bool(value) and value != "0"
