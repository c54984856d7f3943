"""Hashing a password as a client needs it to ask v-check-user-hash."""

from __future__ import annotations

from tholos.kernel.command import command
from tholos.kernel.errors import Invalid, Usage
from tholos.kernel.passwords import crypt
from tholos.kernel.tx import State
from tholos.resources.system.types import HashMethod, Salt
from tholos.resources.user.types import GivenPassword

_PREFIXES = {"yescrypt": "$y$j9T$", "sha-512": "$6$", "sha-256": "$5$", "md5": "$1$"}
"""How a hash of each method begins (crypt(5)), yescrypt with the cost that Debian 12 uses."""


@command(
    "system.password.hash",
    legacy="v-generate-password-hash METHOD SALT [PASSWORD]",
    examples={"password": "correct horse battery staple"},
    cached=False,
)
def generate(_state: State, method: HashMethod, salt: Salt, password: GivenPassword | None = None) -> str:
    """Print the hash of a password by a method and with a salt."""
    if password is None:
        raise Usage("v-generate-password-hash METHOD SALT PASSWORD")
    hashed = crypt(password, f"{_PREFIXES[method]}{salt}$")
    if hashed is None or hashed.startswith("*"):
        raise Invalid("invalid salt format", argument="salt")
    return f"{hashed}\n"
