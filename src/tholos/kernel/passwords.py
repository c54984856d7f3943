"""Password hashes in the system's own format, through libxcrypt (crypt(5))."""

from __future__ import annotations

import hmac
import secrets

import crypt_r

_ALPHABET = "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_YESCRYPT = "$y$j9T$"
"""Prefix of yescrypt with the cost that Debian 12 uses for its own passwords."""
LOCKED = "!"
"""What stands before the hash of an account that may not log in (shadow(5))."""


def hash_password(password: str) -> str:
    """Hash with yescrypt; about 20 milliseconds. Raises ValueError when the system's libcrypt cannot."""
    salt = "".join(secrets.choice(_ALPHABET) for _ in range(20))
    hashed: str | None = crypt_r.crypt(password, _YESCRYPT + salt + "$")
    if hashed is None or not hashed.startswith(_YESCRYPT):
        raise ValueError("libcrypt refused yescrypt")
    return hashed


def matches(password: str, hashed: str) -> bool:
    """Tell whether a password has this hash, in any method that the system knows; takes as long as hashing."""
    if not hashed.startswith("$"):
        return False
    try:
        computed: str | None = crypt_r.crypt(password, hashed)
    except (OSError, ValueError):
        return False
    return computed is not None and hmac.compare_digest(computed, hashed)
