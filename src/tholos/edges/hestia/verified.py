"""Passwords that were found right a moment ago, so that a client that sends one with every call pays for it once.

A password is never kept: only a digest of it under a key that this process alone has (BLAKE2, RFC 7693), and for a
minute. A changed password has another stored hash, so what was right before it counts no longer.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import time

from tholos.kernel import passwords

KEPT = 60.0
"""Seconds for which a password is not computed again."""
MOST = 64


class VerifiedPasswords:
    """Compares passwords with stored hashes (crypt(5))."""

    def __init__(self) -> None:
        self._key = secrets.token_bytes(32)
        self._right: dict[str, tuple[float, bytes]] = {}

    def matches(self, password: str, hashed: str) -> bool:
        """Tell whether a password has this hash; a wrong one always costs the whole computation."""
        digest = hashlib.blake2b(password.encode(), key=self._key, digest_size=32).digest()
        kept = self._right.get(hashed)
        if kept is not None and kept[0] > time.monotonic() and hmac.compare_digest(kept[1], digest):
            return True
        if not passwords.matches(password, hashed):
            return False
        if len(self._right) >= MOST:
            self._right.clear()
        self._right[hashed] = (time.monotonic() + KEPT, digest)
        return True
