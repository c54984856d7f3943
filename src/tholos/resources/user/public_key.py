"""Public keys as authorized_keys has them (sshd(8)): a kind, the key in base64, and a comment."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from typing import Self

from tholos.kernel.errors import Invalid, Unreadable
from tholos.kernel.types import Text, printable

KINDS = {
    "ssh-ed25519": (32,),
    "ssh-rsa": (0, 0),
    "ecdsa-sha2-nistp256": (8, 65),
    "ecdsa-sha2-nistp384": (8, 97),
    "ecdsa-sha2-nistp521": (8, 133),
    "sk-ssh-ed25519@openssh.com": (32, 0),
    "sk-ecdsa-sha2-nistp256@openssh.com": (8, 65, 0),
}
"""The lengths of the strings that follow a key's kind in its blob; 0 is any length.

See RFC 4253 section 6.6, RFC 5656 section 3.1, RFC 8709 section 4, and PROTOCOL.u2f of OpenSSH for the last two.
"""
_RSA_BITS = range(1024, 16385)
"""What sshd takes (RequiredRSASize, SSHBUF_MAX_BIGNUM)."""


class PublicKey(Text):
    """A public key in one line, without options before it; the blob must hold a key of the kind that it names."""

    __slots__ = ()
    pattern = re.compile(r"[a-z0-9@.-]+ [A-Za-z0-9+/]+={0,2}(?: \S.*)?")
    max_length = 8192
    expected = "a public key: its kind, the key in base64, and a comment"
    example = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGRkZGRkZGRkZGRkZGRkZGRkZGRkZGRkZGRkZGRkZGRk alice@laptop"

    @classmethod
    def accepts(cls, raw: str) -> bool:
        if not super().accepts(raw) or raw != " ".join(raw.split(None, 2)).strip():
            return False
        kind, blob, *_ = raw.split(" ", 2)
        return _holds_key(kind, blob)

    @classmethod
    def refusal(cls, raw: str, argument: str) -> Invalid:
        return Unreadable(f"invalid {argument} format :: {printable(raw)}", argument=argument)

    @classmethod
    def parse(cls, raw: str, argument: str) -> Self:
        """Give the key with single blanks between its parts, or raise Unreadable."""
        if not raw.isprintable():
            raise cls.refusal(raw, argument)
        return super().parse(" ".join(raw.strip(" ").split(None, 2)), argument)

    @property
    def kind(self) -> str:
        """The key's algorithm."""
        return self.split(" ", 2)[0]

    @property
    def blob(self) -> str:
        """The key itself, in base64: the one thing by which two keys are the same."""
        return self.split(" ", 2)[1]

    @property
    def comment(self) -> str:
        """What its owner calls it; may be empty."""
        return (*self.split(" ", 2), "")[2]


def fingerprint(blob: str) -> str:
    """The fingerprint of a key as ssh-keygen(1) prints it."""
    digest = hashlib.sha256(base64.b64decode(blob)).digest()
    return "SHA256:" + base64.b64encode(digest).decode().rstrip("=")


def _holds_key(kind: str, blob: str) -> bool:
    try:
        named, *fields = _strings(base64.b64decode(blob, validate=True))
    except (binascii.Error, ValueError):
        return False
    if kind not in KINDS or named != kind.encode() or len(fields) != len(KINDS[kind]):
        return False
    if not all(length in (0, len(field)) for length, field in zip(KINDS[kind], fields, strict=True)):
        return False
    return _is_rsa(fields) if kind == "ssh-rsa" else _is_on_named_curve(kind, fields)


def _strings(data: bytes) -> list[bytes]:
    """The strings of a blob, each after its length in four bytes (RFC 4251 section 5); ValueError when one is cut."""
    found = []
    while data:
        length, data = int.from_bytes(data[:4]), data[4:]
        if length > len(data):
            raise ValueError("the blob ends inside a string")
        found.append(data[:length])
        data = data[length:]
    return found


def _is_rsa(fields: list[bytes]) -> bool:
    """Tell whether exponent and modulus are odd, positive, shortest numbers of a size that sshd takes."""
    exponent, modulus = (int.from_bytes(field, signed=True) for field in fields)
    shortest = all(
        len(field) == number.bit_length() // 8 + 1 for field, number in zip(fields, (exponent, modulus), strict=True)
    )
    return shortest and exponent > 1 and exponent % 2 == 1 and modulus % 2 == 1 and modulus.bit_length() in _RSA_BITS


def _is_on_named_curve(kind: str, fields: list[bytes]) -> bool:
    """Tell whether a key on a NIST curve names that curve and is an uncompressed point; others have nothing to name."""
    if "ecdsa" not in kind:
        return True
    return kind.removesuffix("@openssh.com").endswith(fields[0].decode(errors="replace")) and fields[1][:1] == b"\x04"
