"""Encoders: how a value is written into a service's own language, one per target.

Types keep hostile values out; an encoder is the second fence. It raises ValueError rather than write a value that its
target could read as anything but one plain word.
"""

from __future__ import annotations

import re

_NGINX_WORD = re.compile(r"[\w./*:~@+%=,-]+", re.UNICODE)
_COLON_FIELD = re.compile(r"[^:\n\r\0]*")
_INI_WORD = re.compile(r"[\w./:@+-]+", re.UNICODE)


def nginx(value: str) -> str:
    """One nginx parameter without quotes: no blank, quote, ``;``, ``{``, ``}``, ``$`` or ``#``."""
    return _only(_NGINX_WORD, value, "nginx")


def colon_field(value: str) -> str:
    """A field of passwd(5), shadow(5) or group(5)."""
    return _only(_COLON_FIELD, value, "a colon-separated file")


def ini(value: str) -> str:
    """A value of php-fpm's configuration without quotes."""
    return _only(_INI_WORD, value, "an ini file")


def _only(pattern: re.Pattern[str], value: str, target: str) -> str:
    if not pattern.fullmatch(value):
        raise ValueError(f"{value!r} cannot be written into {target}")
    return value
