"""Reading a request of the RPC edge: from a body to the call that it asks for (``exit-codes.json``: request).

Clients send JSON under any Content-Type, so the body itself decides. Values become text as PHP would print them, since
that is what the reference passes on.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple
from urllib.parse import parse_qsl

import msgspec

from tholos.edges.http_multipart import text_fields
from tholos.kernel.call import Call, Credentials, Way

MOST_ARGUMENTS = 13
MOST_FIELDS = 1000
"""Fields of a form at most, as PHP's max_input_vars."""
_BLANK = " \t\n\r\0\x0b"
"""What PHP's trim() takes away."""
_PROOFS = ("access_key", "user", "hash")
_ARGUMENTS = tuple(f"arg{number}" for number in range(1, MOST_ARGUMENTS + 1))
Fields = Mapping[str, str]


class Asked(NamedTuple):
    """A call, and whether its exit code alone is wanted (``returncode=yes``)."""

    call: Call
    code_only: bool


def read_request(body: bytes, content_type: str, address: str) -> Asked | None:
    """Give what a body asks for, or None when it is no call at all (status 405)."""
    fields = _fields(body, content_type)
    if fields is None:
        return None
    proof = _credentials(fields)
    if proof is None:
        return None
    way, credentials = proof
    values = tuple(fields[name].strip(_BLANK) for name in _ARGUMENTS if name in fields)
    call = Call(fields.get("cmd", "").strip(_BLANK), values, credentials, address, way)
    return Asked(call, fields.get("returncode") == "yes")


def _fields(body: bytes, content_type: str) -> Fields | None:
    if body[:64].lstrip()[:1] == b"{":
        found = _json(body)
        if found is not None:
            return found
    found = (
        text_fields(body, content_type, MOST_FIELDS)
        if content_type.lower().startswith("multipart/form-data")
        else _form(body)
    )
    return found if any(name in found for name in _PROOFS) else _json(body)


def _form(body: bytes) -> Fields:
    try:
        # Most clients escape everything that is not ASCII (URL standard, urlencoded parsing), some send it as it is.
        text = body.decode(errors="replace")
        return dict(parse_qsl(text, keep_blank_values=True, errors="replace", max_num_fields=MOST_FIELDS))
    except ValueError:
        return {}


def _json(body: bytes) -> Fields | None:
    """The fields of a JSON object; a null counts as absent, and a list or an object as a value spoils the request."""
    try:
        found = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    if not isinstance(found, dict):
        return None
    wanted = {*_PROOFS, *_ARGUMENTS, "secret_key", "password", "returncode", "cmd"}
    chosen = {name: value for name, value in found.items() if name in wanted and value is not None}
    if any(isinstance(value, list | dict) for value in chosen.values()):
        return None
    return {name: php_text(value) for name, value in chosen.items()}


def php_text(value: Any) -> str:
    """A JSON value as PHP converts it to a string: ``1`` and nothing for booleans, floats with 14 digits."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "1" if value else ""
    if isinstance(value, int) and -(2**63) <= value < 2**63:
        return str(value)
    text = f"{float(value):.14G}"
    mantissa, exponent_sign, exponent = text.partition("E")
    if not exponent_sign:
        return text
    return f"{mantissa if '.' in mantissa else mantissa + '.0'}E{int(exponent):+d}"


def _credentials(fields: Fields) -> tuple[Way, Credentials] | None:
    """The credentials and the way that they choose, or None when there are none."""
    key, secret = fields.get("access_key"), fields.get("secret_key")
    shown = fields.get("hash", "").strip(_BLANK)
    if not key and _is_pair(shown):
        key, _, secret = shown.partition(":")
    if key is not None and secret is not None:
        return "access-key", Credentials(access_key=key.strip(_BLANK), secret_key=secret.strip(_BLANK))
    if "user" in fields or "hash" in fields:
        user, password = fields.get("user", "").strip(_BLANK), fields.get("password", "")
        return "legacy", Credentials(legacy_key=shown, user=user, password=password)
    return None


def _is_pair(shown: str) -> bool:
    key, colon, secret = shown.partition(":")
    return bool(colon) and ":" not in secret and len(key) == 20 and len(secret) == 40
