"""Password hashes in the system's own format: crypt(5), computed by the system's own libxcrypt.

The library is called directly, and Python's lock is free meanwhile: hashing takes 20 milliseconds, in which every other
call goes on (ADR 6).
"""

from __future__ import annotations

import ctypes
import hmac
import secrets
from functools import cache

_ALPHABET = "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_YESCRYPT = "$y$j9T$"
"""Prefix of yescrypt with the cost that Debian 12 uses for its own passwords."""
_DATA_SIZE = 32768
"""Bytes of ``struct crypt_data``, fixed in the library's interface (crypt(3))."""
LOCKED = "!"
"""What stands before the hash of an account that may not log in (shadow(5))."""


@cache
def _library() -> ctypes.CDLL:
    library = ctypes.CDLL("libcrypt.so.1")
    library.crypt_rn.restype = ctypes.c_char_p
    library.crypt_rn.argtypes = (ctypes.c_char_p, ctypes.c_char_p, ctypes.c_void_p, ctypes.c_int)
    return library


def crypt(password: str, setting: str) -> str | None:
    """Hash by a setting, which is a prefix with a salt or a whole hash (crypt_rn(3)).

    None when the library refuses the setting or the password (at most 511 bytes, no NUL).
    """
    phrase = password.encode()
    if b"\0" in phrase or not setting.isascii() or "\0" in setting:
        return None
    data = ctypes.create_string_buffer(_DATA_SIZE)
    try:
        hashed: bytes | None = _library().crypt_rn(phrase, setting.encode(), data, _DATA_SIZE)
        return None if hashed is None else hashed.decode()
    finally:
        # The buffer holds the password.
        ctypes.memset(data, 0, _DATA_SIZE)


def hash_password(password: str) -> str:
    """Hash with yescrypt; about 20 milliseconds. Raises ValueError when the system's libcrypt cannot."""
    salt = "".join(secrets.choice(_ALPHABET) for _ in range(20))
    hashed = crypt(password, f"{_YESCRYPT}{salt}$")
    if hashed is None or not hashed.startswith(_YESCRYPT):
        raise ValueError("libcrypt refused yescrypt")
    return hashed


def matches(password: str, hashed: str) -> bool:
    """Tell whether a password has this hash, in any method that the system knows; takes as long as hashing."""
    if not hashed.startswith("$"):
        return False
    computed = crypt(password, hashed)
    return computed is not None and hmac.compare_digest(computed, hashed)
