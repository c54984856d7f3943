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


def above(name: str) -> tuple[str, ...]:
    """In A-labels: the names above a name from the nearest to its registrable part; none when it is that itself."""
    parent, below = registrable(name), spellings(name)[0]
    found: list[str] = []
    while below != parent and "." in below:
        below = below.partition(".")[2]
        found.append(below)
    return tuple(found)


def is_suffix(name: str) -> bool:
    """Whether a name is one below which anybody may register, or a single label."""
    return icann_suffixes().is_public(spellings(name)[0])


def is_hosted_suffix(name: str) -> bool:
    """Whether a name is one below which its owner lets others have names, such as ``github.io``, or a suffix."""
    return public_suffixes().is_public(spellings(name)[0])


@cache
def public_suffixes() -> PublicSuffixList:
    """The public suffix list; reading it takes a tenth of a second, so the engine does it while it starts."""
    from publicsuffixlist import PublicSuffixList

    return PublicSuffixList()


@cache
def icann_suffixes() -> PublicSuffixList:
    """The list without the suffixes that somebody owns, which takes as long to read."""
    from publicsuffixlist import PublicSuffixList

    return PublicSuffixList(only_icann=True)
