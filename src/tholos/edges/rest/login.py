"""Who is calling: access keys as Bearer tokens (RFC 6750) or by Basic authentication (RFC 7617)."""

from __future__ import annotations

import base64
import binascii
import re

from tholos.kernel.call import Credentials

_BETWEEN = re.compile(r"[.:]")


def credentials(authorization: str) -> Credentials:
    """What an Authorization field shows: ``Bearer KEY.SECRET``, a colon in place of the dot, or Basic with both."""
    scheme, _, shown = authorization.strip().partition(" ")
    match scheme.lower():
        case "bearer":
            return _pair(_BETWEEN.split(shown.strip(), maxsplit=1))
        case "basic":
            return _pair(_basic(shown.strip()).split(":", 1))
    return Credentials()


def _basic(shown: str) -> str:
    try:
        return base64.b64decode(shown, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return ""


def _pair(parts: list[str]) -> Credentials:
    return Credentials(access_key=parts[0], secret_key=parts[1]) if len(parts) == 2 else Credentials()
