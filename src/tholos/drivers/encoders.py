"""Encoders: how a value is written into a service's own language, one per target.

Types keep hostile values out; an encoder is the second fence. It raises ValueError rather than write a value that its
target could read as anything but one plain word. Letters beyond ASCII are plain everywhere, if they can be seen.
"""

from __future__ import annotations

import string

_PLAIN = frozenset(string.ascii_letters + string.digits + "._/-")
_NGINX = _PLAIN | frozenset("*:@+%=,")
_NAMED = _PLAIN | frozenset(":@+%=,")
_ZONE = _PLAIN - frozenset("/")
_INI = _PLAIN | frozenset(":@+")


def nginx(value: str) -> str:
    """One nginx parameter without quotes: no blank, quote, ``;``, ``{``, ``}``, ``$``, ``#``, ``~`` or backslash."""
    return _word(_NGINX, value, "nginx")


def nginx_url(value: str) -> str:
    """As ``nginx``, for the part of an address after its host, which may have the signs of a query (RFC 3986)."""
    return _word(_NGINX | frozenset("?&!~#"), value, "nginx")


def ini(value: str) -> str:
    """A value of php-fpm's configuration without quotes."""
    return _word(_INI, value, "an ini file")


def colon_field(value: str) -> str:
    """A field of passwd(5), shadow(5) or group(5); it may be empty and have blanks."""
    if not value.isprintable() or ":" in value:
        raise ValueError(f"{value!r} cannot be written into a colon-separated file")
    return value


def named(value: str) -> str:
    """A value of named.conf in quotes, which end it only where they should; nothing in it is read by named."""
    if not value.isascii():
        raise ValueError(f"{value!r} cannot be written into named.conf")
    return f'"{_word(_NAMED, value, "named.conf")}"'


def zone_name(value: str) -> str:
    """A zone's name as a word of a command to named and as the name of a file: letters, digits, dots, hyphens, ``_``.

    No label is empty, so neither is the name, and it is no ``..``.
    """
    labels = value.split(".")
    if not value.isascii() or value.startswith("-") or not all(labels):
        raise ValueError(f"{value!r} is not a zone's name")
    return _word(_ZONE, value, "a command to named")


def _word(allowed: frozenset[str], value: str, target: str) -> str:
    """The value, when it is not empty and every sign is allowed or lies beyond ASCII and can be seen."""
    if not value or not value.isprintable() or not all(sign in allowed or not sign.isascii() for sign in value):
        raise ValueError(f"{value!r} cannot be written into {target}")
    return value
