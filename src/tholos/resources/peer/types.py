"""Argument types of peers."""

from __future__ import annotations

import re

from tholos.kernel.errors import Invalid
from tholos.kernel.types import Text


class TransferKey(Text):
    """What a primary says about itself to a secondary: its node, the name of a TSIG key, and the key itself.

    ``NODE.NAME:SECRET``, the secret being 32 bytes in base64. It is never printed but by the command that makes it.
    """

    __slots__ = ()
    pattern = re.compile(r"[0-9a-f]{12}\.[0-9a-f]{8}:[A-Za-z0-9+/]{43}=")
    max_length = 66
    expected = "the key that v-add-dns-secondary has shown on the primary"
    example = "0123456789ab.01234567:MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="
    secret = True

    @property
    def node(self) -> str:
        """The primary's node."""
        return self.partition(".")[0]

    @property
    def name(self) -> str:
        """The name of the key."""
        return self.partition(":")[0]

    @property
    def key(self) -> str:
        """The secret in base64."""
        return self.partition(":")[2]

    @classmethod
    def refusal(cls, raw: str, argument: str) -> Invalid:
        return Invalid(f"invalid {argument} format", argument=argument)

    def __repr__(self) -> str:
        return "TransferKey(...)"
