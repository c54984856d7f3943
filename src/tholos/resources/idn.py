"""Domain names in their two spellings: A-labels as on the wire, U-labels as people write them (RFC 5890).

Only names that IDNA 2008 allows exactly as they are written get through (RFC 5891): nothing is mapped, ignored or left
out on the way, so that invisible characters cannot make two names look like one.
"""

from __future__ import annotations

import re
import unicodedata

import idna

_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")


def lower(name: str) -> str:
    """Lower case, composed (Unicode normalisation form C)."""
    return name.lower() if name.isascii() else unicodedata.normalize("NFC", name.lower())


def to_ascii(name: str) -> str | None:
    """The name in A-labels, or None when it is no domain name."""
    try:
        labels = [label if label.isascii() else idna.alabel(label).decode() for label in name.split(".")]
    except (idna.IDNAError, UnicodeError):
        return None
    if not all(map(_is_ascii_label, labels)):
        return None
    encoded = ".".join(labels)
    # What does not come back as it was written was mapped on the way, or mixes the two spellings.
    return encoded if name in (encoded, to_unicode(encoded)) else None


def to_unicode(name: str) -> str | None:
    """The name in U-labels, or None when its A-labels are not valid."""
    try:
        return ".".join(idna.ulabel(label) if label.startswith("xn--") else label for label in name.split("."))
    except (idna.IDNAError, UnicodeError):
        return None


def spellings(name: str) -> tuple[str, str]:
    """The name in A-labels and in U-labels, which may be the same; a leading ``*.`` stays."""
    bare = name.removeprefix("*.")
    star = name[: len(name) - len(bare)]
    encoded = to_ascii(bare) or bare
    return star + encoded, star + (to_unicode(encoded) or bare)


def _is_ascii_label(label: str) -> bool:
    if not _LABEL.fullmatch(label):
        return False
    return not label.startswith("xn--") or to_unicode(label) is not None
