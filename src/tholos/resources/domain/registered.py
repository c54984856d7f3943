"""The part of a domain name that somebody registers, by the public suffix list."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from tholos.resources.idn import spellings

if TYPE_CHECKING:
    from publicsuffixlist import PublicSuffixList


def registrable(name: str) -> str:
    """The part of a name that somebody registers, in A-labels; the name itself if it has none."""
    ascii_name = spellings(name.removeprefix("*."))[0]
    return public_suffixes().privatesuffix(ascii_name) or ascii_name


@cache
def public_suffixes() -> PublicSuffixList:
    """The public suffix list; reading it takes a tenth of a second, so the engine does it while it starts."""
    from publicsuffixlist import PublicSuffixList

    return PublicSuffixList()
