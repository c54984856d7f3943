"""Hashes of passwords as database servers keep them, so that no server and no journal is ever told a password."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import secrets
import stringprep
import unicodedata

ROUNDS = 4096
"""Iterations of SCRAM, PostgreSQL's own number (scram_iterations)."""
_SALT = 16
_NATIVE = re.compile(r"\*[0-9A-Fa-f]{40}")
_MD5 = re.compile(r"md5[0-9a-f]{32}")
_SCRAM = re.compile(r"SCRAM-SHA-256\$[1-9][0-9]{0,8}:[A-Za-z0-9+/=]{4,256}\$[A-Za-z0-9+/]{43}=:[A-Za-z0-9+/]{43}=")
_PROHIBITED = (
    stringprep.in_table_a1,
    stringprep.in_table_c12,
    stringprep.in_table_c21_c22,
    stringprep.in_table_c3,
    stringprep.in_table_c4,
    stringprep.in_table_c5,
    stringprep.in_table_c6,
    stringprep.in_table_c7,
    stringprep.in_table_c8,
    stringprep.in_table_c9,
)


def native(password: str) -> str:
    """The hash of MariaDB's mysql_native_password: a star and SHA-1 of SHA-1 in capital digits."""
    once = hashlib.sha1(password.encode(), usedforsecurity=False).digest()
    return "*" + hashlib.sha1(once, usedforsecurity=False).hexdigest().upper()


def scram(password: str, salt: bytes | None = None) -> str:
    """The verifier of SCRAM-SHA-256 (RFC 5803, RFC 7677), as PostgreSQL writes it; takes some milliseconds."""
    salt = secrets.token_bytes(_SALT) if salt is None else salt
    salted = hashlib.pbkdf2_hmac("sha256", prepared(password).encode(), salt, ROUNDS)
    stored = hashlib.sha256(_keyed(salted, b"Client Key")).digest()
    server = _keyed(salted, b"Server Key")
    return f"SCRAM-SHA-256${ROUNDS}:{_base64(salt)}${_base64(stored)}:{_base64(server)}"


def given_native(password: str) -> str | None:
    """What MariaDB keeps, where a password was given as that hash; else None."""
    return password.upper() if _NATIVE.fullmatch(password) else None


def given_verifier(password: str) -> str | None:
    """What PostgreSQL keeps, where a password was given as that: SCRAM, or MD5 with the login's name; else None.

    PostgreSQL itself takes both for what they look like (its manual, ALTER ROLE).
    """
    return password if _SCRAM.fullmatch(password) or is_bound(password) else None


def is_bound(kept: str) -> bool:
    """Tell whether a hash is good for one login's name alone, because the name is hashed with the password."""
    return _MD5.fullmatch(kept) is not None


def prepared(password: str) -> str:
    """The password as every client sends it: by SASLprep (RFC 4013), or as it is where that refuses it."""
    if password.isascii():
        return password
    mapped = "".join(
        " " if stringprep.in_table_c12(sign) else sign for sign in password if not stringprep.in_table_b1(sign)
    )
    normal = unicodedata.ucd_3_2_0.normalize("NFKC", mapped)
    return normal if normal and _is_allowed(normal) else password


def _is_allowed(text: str) -> bool:
    if any(refuses(sign) for sign in text for refuses in _PROHIBITED):
        return False
    if not any(map(stringprep.in_table_d1, text)):
        return True
    # Right-to-left text has no left-to-right sign in it, and begins and ends as such (RFC 3454, 6).
    ends = stringprep.in_table_d1(text[0]) and stringprep.in_table_d1(text[-1])
    return ends and not any(map(stringprep.in_table_d2, text))


def _keyed(key: bytes, message: bytes) -> bytes:
    return hmac.digest(key, message, "sha256")


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()
